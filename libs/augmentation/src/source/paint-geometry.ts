import type { Geometry } from '@virga/relight'
import { boxFaces } from '@virga/rendering'
import { segClasses, segClassId } from '@virga/scenario'
import type { StoredGeometry } from '../stages/label-geometry.ts'

/** The classes that label modes of a relight tell apart, beside those of the segmentation: sides of vehicles, and sky into which a thing may go on. */
const parts = ['vehicle-front', 'vehicle-back', 'vehicle-top', 'carried-up'] as const

/** Names by id of the classes that `paintGeometry` gives. */
export const paintClasses: readonly string[] = [...segClasses, ...parts]

const carriedUp = boxFaces.indexOf('carried-up')
const idOf = (part: (typeof parts)[number]): number => paintClasses.indexOf(part)
/** The class of a vehicle's pixel by its face. */
const ofFace = Uint8Array.from(boxFaces, (face) =>
  face === 'front' || face === 'back' || face === 'top' ? idOf(`vehicle-${face}`) : segClassId.vehicle,
)

/**
 * Label geometry as a relight reads it: sky above a thing whose top the LiDAR does not see takes depth and height of the first known pixel
 * below it. The same as `label_geometry` in apps/world-model, which the relight was fitted with.
 */
export function paintGeometry({ depth, classes, up, faces, across }: StoredGeometry, width: number): Geometry {
  const count = classes.length
  const seg = classes.slice()
  const metres = depth.slice()
  const height = new Float32Array(count)
  const sideways = new Float32Array(count)
  for (let at = count - 1; at >= 0; at--) {
    const face = faces[at]
    if (face === carriedUp) {
      seg[at] = idOf('carried-up')
      const below = at + width
      if (below < count) {
        metres[at] = metres[below]
        height[at] = height[below]
      }
      continue
    }
    height[at] = up[at] / 255
    if (face === 0) continue
    sideways[at] = (across[at] * 2) / 255 - 1
    if (seg[at] === segClassId.vehicle) seg[at] = ofFace[face]
  }
  return { depth: metres, seg, classNames: paintClasses, up: height, across: sideways }
}
