import type { Camera } from '@virga/scenario'
import { placeActor } from '../lidar/triangles.ts'
import type { ImageSize, Moment } from './frame-uniforms.ts'

/** The pixels that a body would cover if nothing stood before it: 1 in a window of the picture. */
export interface Silhouette {
  readonly number: number
  readonly id: string
  /** Window in pixels; x1 and y1 are past its last ones. */
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  readonly mask: Uint8Array
}

/** Nearest distance that is drawn, metres. */
const near = 0.1

/** Silhouettes of all actors of a moment that reach into a pinhole's picture, by pixel centres: bodies smaller than a pixel may have none. */
export function silhouettesOf(moment: Moment, { model }: Camera, { width, height }: ImageSize): Silhouette[] {
  if (model.kind !== 'pinhole') return []
  const { fx, fy, cx, cy } = model
  const m = moment.cameraToWorld
  const found: Silhouette[] = []
  for (const { actor, at, distance } of moment.actors) {
    // Behind the camera or far aside: no corner of a sphere around it is before the lens.
    const ahead = (at.x - m[3]) * m[2] + (at.y - m[7]) * m[6] + (at.z - m[11]) * m[10]
    if (ahead < -8 || distance > 220) continue
    const { corners, count } = placeActor(actor, at, moment.seconds)
    const triangles: number[][] = []
    const window = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity }
    for (let t = 0; t < count; t++) {
      for (const polygon of clipNear(toCamera(corners, 9 * t, m))) {
        const flat = polygon.flatMap(([x, y, z]) => [cx + (fx * x) / z, cy + (fy * y) / z])
        for (let i = 0; i < 6; i += 2) {
          window.x0 = Math.min(window.x0, flat[i])
          window.x1 = Math.max(window.x1, flat[i])
          window.y0 = Math.min(window.y0, flat[i + 1])
          window.y1 = Math.max(window.y1, flat[i + 1])
        }
        triangles.push(flat)
      }
    }
    const [x0, y0] = [Math.max(0, Math.floor(window.x0)), Math.max(0, Math.floor(window.y0))]
    const [x1, y1] = [Math.min(width, Math.ceil(window.x1)), Math.min(height, Math.ceil(window.y1))]
    if (!(x1 > x0) || !(y1 > y0)) continue
    const silhouette = { number: actor.number, id: actor.id, x0, y0, x1, y1, mask: new Uint8Array((x1 - x0) * (y1 - y0)) }
    for (const flat of triangles) fill(silhouette, flat)
    found.push(silhouette)
  }
  return found
}

type P = readonly [number, number, number]

function toCamera(corners: Float64Array, first: number, m: Float64Array): P[] {
  return [0, 3, 6].map((k): P => {
    const [x, y, z] = [corners[first + k] - m[3], corners[first + k + 1] - m[7], corners[first + k + 2] - m[11]]
    return [m[0] * x + m[4] * y + m[8] * z, m[1] * x + m[5] * y + m[9] * z, m[2] * x + m[6] * y + m[10] * z]
  })
}

/** The parts of a triangle before the near plane. */
function clipNear(triangle: readonly P[]): (readonly P[])[] {
  if (triangle.every(([, , z]) => z >= near)) return [triangle]
  if (triangle.every(([, , z]) => z < near)) return []
  const kept: P[] = []
  for (const [i, a] of triangle.entries()) {
    const b = triangle[(i + 1) % 3]
    if (a[2] >= near) kept.push(a)
    if (a[2] >= near !== b[2] >= near) {
      const t = (near - a[2]) / (b[2] - a[2])
      kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), near])
    }
  }
  return kept.length === 4 ? [kept.slice(0, 3), [kept[0], kept[2], kept[3]]] : [kept]
}

/** Marks the pixels whose centres lie in a triangle, row by row, whichever way it turns. */
function fill({ x0, y0, x1, y1, mask }: Silhouette, [ax, ay, bx, by, cx, cy]: readonly number[]): void {
  const top = Math.max(y0, Math.ceil(Math.min(ay, by, cy) - 0.5))
  const bottom = Math.min(y1 - 1, Math.floor(Math.max(ay, by, cy) - 0.5))
  for (let y = top; y <= bottom; y++) {
    const middle = y + 0.5
    let [from, to] = [Infinity, -Infinity]
    const edge = (px: number, py: number, qx: number, qy: number): void => {
      if (py <= middle === qy <= middle) return
      const x = px + ((middle - py) / (qy - py)) * (qx - px)
      from = Math.min(from, x)
      to = Math.max(to, x)
    }
    edge(ax, ay, bx, by)
    edge(bx, by, cx, cy)
    edge(cx, cy, ax, ay)
    const last = Math.min(x1 - 1, Math.floor(to - 0.5))
    for (let x = Math.max(x0, Math.ceil(from - 0.5)); x <= last; x++) mask[(y - y0) * (x1 - x0) + x - x0] = 1
  }
}
