import { poseToMat4, type Scenario, scaleCamera, segClassId } from '@virga/scenario'
import type { RenderDevice } from '../device/render-device.ts'
import { densify } from './depth/densify.ts'
import { seenPoints } from './depth/seen-points.ts'
import { SparseDepthSource } from './depth/sparse-depth.ts'
import { heightAt } from './height-grid.ts'
import { boxFaces, type LabelFrame, type LabelRequest } from './label-frame.ts'
import type { DrawnLabels } from './label-renderer.ts'
import { drawLabels } from './render-labels.ts'

/** Height above the ground that `up` 255 stands for where there is no box, metres. */
export const upMetres = 20

/** What stands this high above the ground where labels know nothing is a thing, metres. */
const leastHeight = 0.5

/** The top of what LiDAR sees of a thing counts as cut off by the sensor's view where it lies this near to the highest return, radians. */
const nearTop = 0.035

/**
 * Labels with LiDAR, for the depth and seg controls and for painting. `depth` is that of LiDAR where LiDAR is: accumulated sweeps (the
 * nearest and two to each side, within 0.35 s), without what the camera cannot see, joined with the labels' own depth by `densify`; frames
 * without sweeps have the labels' depth. `classes` have `building` where LiDAR shows something above the ground that no label knows
 * (buildings, trees, walls), also before a labelled solid that it hides; where LiDAR sees through a box, beside the thing in it, is what lies
 * behind. `up` is known beyond boxes too: height above the ground, 255 = `upMetres`. Where such a thing reaches the
 * upper end of what the LiDAR sees, the sky above it has face `carried-up`: the thing may go on there or not.
 */
export type LabelGeometry = LabelFrame

/**
 * Draws the label geometry of a camera, one pass.
 *
 * @throws as `renderLabels`, and what reading a sweep throws
 */
export async function* renderLabelGeometry(
  device: RenderDevice,
  scenario: Scenario,
  request: LabelRequest,
): AsyncGenerator<LabelGeometry, void, undefined> {
  const { width, height } = request
  const source = new SparseDepthSource(scenario, scaleCamera(request.camera, width, height))
  try {
    for await (const drawn of drawLabels(device, scenario, request)) {
      const points = await source.at(drawn.frame.timeUs)
      const dense = points.pixels.length === 0 ? undefined : densify(drawn.frame, seenPoints(points, { width, height }))
      yield withThings(drawn, dense)
    }
  } finally {
    source.close()
  }
}

const openClasses = [
  segClassId.sky,
  segClassId.terrain,
  segClassId.road,
  segClassId['lane-line'],
  segClassId.crosswalk,
  segClassId.pavement,
]
const mayBeThing = Uint8Array.from({ length: 256 }, (_, id) => (openClasses.some((open) => open === id) ? 1 : 0))
const carriedUp = boxFaces.indexOf('carried-up')

/** A box is empty where LiDAR sees something behind it, by more than this, metres. */
const emptyMetres = 0.5

/** A labelled solid is hidden where LiDAR sees something nearer than this part of its distance, and nearer by a metre. */
const [hiddenPart, hiddenMetres] = [0.85, 1]

/**
 * Heights above the ground of what is no track, and the things among it.
 *
 * @param dense depth with LiDAR; undefined where no return is in the picture
 */
export function withThings(
  { frame, behind, through, camera_to_world, ground, rays }: DrawnLabels,
  dense: Float32Array | undefined,
): LabelGeometry {
  const { width, height } = frame
  const depth = dense ?? frame.depth
  const [classes, tracks, up, faces] = [frame.classes.slice(), frame.tracks.slice(), frame.up.slice(), frame.faces.slice()]
  const m = poseToMat4(camera_to_world)
  /** Sine of the elevation of each thing's pixel seen from the camera; 2 where there is no thing. */
  const elevation = new Float32Array(width * height).fill(2)
  let highest = -1
  for (let at = 0; at < depth.length; at++) {
    const z = depth[at]
    if (!(z > 0)) continue
    const [rx, ry, rz] = [rays[4 * at], rays[4 * at + 1], rays[4 * at + 2]]
    if (tracks[at] > 0 && z > frame.depth[at] + (through[at] * rz) / 8 + emptyMetres) {
      classes[at] = behind[at] === segClassId.sky ? segClassId.terrain : behind[at]
      tracks[at] = up[at] = faces[at] = 0
    }
    const isOpen = mayBeThing[classes[at]] === 1
    const isHidden = !isOpen && z < hiddenPart * frame.depth[at] - hiddenMetres
    if (tracks[at] > 0 && !isHidden) continue
    const t = z / rz
    const rise = m[8] * rx + m[9] * ry + m[10] * rz
    const x = m[3] + (m[0] * rx + m[1] * ry + m[2] * rz) * t
    const y = m[7] + (m[4] * rx + m[5] * ry + m[6] * rz) * t
    const above = m[11] + rise * t - heightAt(ground, x, y)
    if (isOpen && (dense === undefined || above <= leastHeight)) continue
    up[at] = Math.min(Math.max((above / upMetres) * 255 + 0.5, 0), 255)
    if (!isOpen && !isHidden) continue
    classes[at] = segClassId.building
    tracks[at] = 0
    faces[at] = 0
    elevation[at] = rise
    if (rise > highest) highest = rise
  }
  const geometry = { ...frame, depth, classes, tracks, up, faces }
  if (highest > 0) carryUp(geometry, elevation, highest)
  return geometry
}

/** Marks the sky above things whose top the LiDAR does not see. */
function carryUp({ width, height, classes, faces }: LabelGeometry, elevation: Float32Array, highest: number): void {
  for (let x = 0; x < width; x++) {
    let top = -1
    for (let y = 0; y < height && top < 0; y++) if (elevation[y * width + x] <= 1) top = y
    if (top < 0 || elevation[top * width + x] < highest - nearTop) continue
    for (let at = (top - 1) * width + x; at >= 0; at -= width) if (classes[at] === segClassId.sky) faces[at] = carriedUp
  }
}
