import type { RenderDevice } from '@virga/rendering'
import { type Camera, type RgbImage, scaleCamera } from '@virga/scenario'
import type { Look } from '../weather/looks.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { DriveRenderer, type FrameOptions, type RenderedFrame } from './drive-renderer.ts'
import type { ImageSize } from './frame-uniforms.ts'
import { lensMap, type LensMap } from './lens-faces.ts'
import type { InstanceTruth } from './seen-objects.ts'
import type { Silhouette } from './silhouette.ts'

/** Draws frames of one camera; `DriveRenderer` for pinholes. */
export interface FrameRenderer {
  frame(index: number, looks: readonly Look[], options?: FrameOptions): Promise<RenderedFrame>
  dispose(): void
}

/** The renderer for a camera's lens at a size. */
export function openRenderer(device: RenderDevice, drive: SimulatedDrive, camera: Camera, size: ImageSize): Promise<FrameRenderer> {
  return camera.model.kind === 'pinhole' ? DriveRenderer.open(device, drive, camera, size) : LensRenderer.open(device, drive, camera, size)
}

/**
 * Draws a lens that is no pinhole: pinhole pictures side by side, and every pixel of the lens taken from the one that holds its ray (colours between
 * four pixels; depth too, as on a plane, where they are of one surface; class of the nearest). What a look does in the picture's own plane (streaks of rain, halos, reflections of what is in the
 * picture) does not go on from one of them to the next.
 */
class LensRenderer implements FrameRenderer {
  readonly #faces: readonly DriveRenderer[]
  readonly #map: LensMap
  readonly #size: ImageSize

  private constructor(faces: readonly DriveRenderer[], map: LensMap, size: ImageSize) {
    this.#faces = faces
    this.#map = map
    this.#size = size
  }

  static async open(device: RenderDevice, drive: SimulatedDrive, camera: Camera, size: ImageSize): Promise<LensRenderer> {
    const map = lensMap(scaleCamera(camera, size.width, size.height))
    const faces: DriveRenderer[] = []
    try {
      for (const face of map.faces) {
        const { width, height } = face
        faces.push(await DriveRenderer.open(device, drive, face, { width, height, supersample: size.supersample }))
      }
    } catch (error) {
      for (const face of faces) face.dispose()
      throw error
    }
    return new LensRenderer(faces, map, size)
  }

  async frame(index: number, looks: readonly Look[], options: FrameOptions = {}): Promise<RenderedFrame> {
    const drawn = await Promise.all(this.#faces.map((face) => face.frame(index, looks, options)))
    const { width, height } = this.#size
    const { faces, face, place, depthScale } = this.#map
    const depth = new Float32Array(width * height)
    const seg = new Uint8Array(width * height)
    for (let i = 0; i < depth.length; i++) {
      const k = face[i]
      if (k === 255) continue
      const [u, v] = [place[2 * i], place[2 * i + 1]]
      seg[i] = drawn[k].seg[Math.floor(v) * faces[k].width + Math.floor(u)]
      depth[i] = depthAt(drawn[k], faces[k].width, u, v) * depthScale[i]
    }
    const images = looks.map((_, look) => this.#image(drawn.map(({ images }) => images[look])))
    return { depth, seg, images, ...(options.instances === true ? { instances: this.#instances(drawn) } : {}) }
  }

  dispose(): void {
    for (const face of this.#faces) face.dispose()
  }

  /** Every pixel's number, and silhouettes, from where the pixel lies in the pinholes' pictures. */
  #instances(drawn: readonly RenderedFrame[]): InstanceTruth {
    const { width, height } = this.#size
    const { faces, face, place } = this.#map
    const ids = new Uint16Array(width * height)
    const merged = new Map<number, Silhouette>()
    for (const [k, { instances }] of drawn.entries()) {
      for (const { number, id } of instances?.silhouettes ?? []) {
        if (!merged.has(number)) merged.set(number, { number, id, x0: 0, y0: 0, x1: width, y1: height, mask: new Uint8Array(ids.length) })
      }
      for (let i = 0; i < ids.length; i++) {
        if (face[i] !== k) continue
        const [x, y] = [Math.floor(place[2 * i]), Math.floor(place[2 * i + 1])]
        ids[i] = instances?.ids[y * faces[k].width + x] ?? 0
        for (const { number, x0, y0, x1, y1, mask } of instances?.silhouettes ?? []) {
          if (x < x0 || x >= x1 || y < y0 || y >= y1 || mask[(y - y0) * (x1 - x0) + x - x0] === 0) continue
          ;(merged.get(number) as Silhouette).mask[i] = 1
        }
      }
    }
    return { ids, silhouettes: [...merged.values()] }
  }

  #image(drawn: readonly RgbImage[]): RgbImage {
    const { width, height } = this.#size
    const { face, place } = this.#map
    const data = new Uint8Array(width * height * 3)
    for (let i = 0; i < face.length; i++) {
      if (face[i] === 255) continue
      const { data: from, width: stride } = drawn[face[i]]
      const [u, v] = [place[2 * i] - 0.5, place[2 * i + 1] - 0.5]
      const [x, y] = [Math.floor(u), Math.floor(v)]
      const [f, g] = [u - x, v - y]
      const at = 3 * (y * stride + x)
      const below = at + 3 * stride
      for (let c = 0; c < 3; c++) {
        const top = from[at + c] + f * (from[at + 3 + c] - from[at + c])
        const bottom = from[below + c] + f * (from[below + 3 + c] - from[below + c])
        data[3 * i + c] = Math.round(top + g * (bottom - top))
      }
    }
    return { width, height, data }
  }
}

/** Depths that differ by more than this share belong to two surfaces. */
const step = 0.15

/** Depth at a place of a pinhole's picture: 1 / z is linear on a plane; at edges that of the nearest pixel. */
function depthAt({ depth, seg }: RenderedFrame, width: number, u: number, v: number): number {
  const nearest = Math.floor(v) * width + Math.floor(u)
  const [x, y] = [Math.floor(u - 0.5), Math.floor(v - 0.5)]
  const at = y * width + x
  const [a, b, c, d] = [depth[at], depth[at + 1], depth[at + width], depth[at + width + 1]]
  const low = Math.min(a, b, c, d)
  const isOne = low > 0 && Math.max(a, b, c, d) < low * (1 + step) && seg[at] === seg[at + width + 1] && seg[at + 1] === seg[at + width]
  if (!isOne) return depth[nearest]
  const [f, g] = [u - 0.5 - x, v - 0.5 - y]
  return 1 / ((1 - g) * ((1 - f) / a + f / b) + g * ((1 - f) / c + f / d))
}
