import type { MapElement, Vec3 } from '@virga/scenario'
import type { Projector } from '../camera/projector.ts'
import { toCamera, type View } from '../camera/view.ts'
import { boxPath } from './boxes.ts'
import type { Canvas } from './canvas.ts'
import { convexHull, cutToPicture, type Point } from './convex-hull.ts'
import type { FlatDescription, HullLayer } from './description.ts'
import { coverPolygon } from './opencv/polygon.ts'
import { RowSpans } from './opencv/row-spans.ts'
import { shade } from './shade.ts'

/** The areas of one layer in file order: closed paths, 3n metres each in the local frame. */
export type HullSet = readonly Float64Array[]

/** Lays out a layer's areas once per scenario: rings closed, boxes as the path over their corners that upstream draws. */
export function buildHullSet(map: readonly MapElement[], { of }: HullLayer, origin: Vec3): HullSet {
  return map.flatMap((element) => {
    if (element.kind !== of) return []
    const points = 'ring' in element ? element.ring : element.corners
    const order = 'ring' in element || points.length !== 24 ? [...Array(Math.floor(points.length / 3)).keys()] : boxPath
    if (order.length === 0) return []
    return [Float64Array.from([...order, order[0]].flatMap((i) => [0, 1, 2].map((axis) => points[i * 3 + axis] - origin[axis])))]
  })
}

/** Draws the filled convex hulls of areas as OpenCV's `fillPoly` would. */
export class HullPainter {
  readonly #description: FlatDescription
  readonly #projector: Projector
  readonly #canvas: Canvas
  readonly #rows: RowSpans

  constructor(description: FlatDescription, projector: Projector, canvas: Canvas) {
    this.#description = description
    this.#projector = projector
    this.#canvas = canvas
    this.#rows = new RowSpans(canvas.width, canvas.height)
  }

  drawSet(set: HullSet, layer: HullLayer, view: View): void {
    for (const path of set) this.#drawHull(path, layer, view)
  }

  /**
   * Cut at the camera plane, projected, truncated to whole pixels, convex hull, cut to the picture, truncated, filled in the colour of the
   * mean depth of the cut path (Cosmos-Drive-Dreams, minimap_utils.py). Left out: what has no vertex in the picture in front of the
   * camera, lies beyond the far distance, or has no area.
   */
  #drawHull(path: Float64Array, { rgb }: HullLayer, view: View): void {
    const { shading } = this.#description
    const points: Vec3[] = []
    for (let i = 0; i + 2 < path.length; i += 3) points.push(toCamera(view.world_to_camera, path[i], path[i + 1], path[i + 2]))
    if (points.every(([, , z]) => !(z <= shading.far)) || !points.some((point) => this.#isInPicture(point))) return
    const kept = this.#cutAtCamera(points)
    const pixels = kept.map(([x, y, z]): Point => {
      this.#projector.project(x, y, z)
      return [Math.trunc(this.#projector.u), Math.trunc(this.#projector.v)]
    })
    const { width, height } = this.#canvas
    const hull = convexHull(pixels.filter(([u, v]) => Math.abs(u) < 2 ** 31 && Math.abs(v) < 2 ** 31))
    const corners = cutToPicture(hull, width, height).map(([u, v]) => [Math.trunc(u), Math.trunc(v)])
    if (hull.length < 3 || corners.length < 3) return
    const depth = kept.reduce((sum, [, , z]) => sum + z, 0) / kept.length
    const colour = shade(rgb, depth, shading)
    this.#rows.clear()
    coverPolygon(this.#rows, corners.flat())
    const { top, bottom, left, right } = this.#rows
    for (let y = top; y <= bottom; y += 1) if (left[y] <= right[y]) this.#canvas.run(y, left[y], right[y], colour)
  }

  #isInPicture([x, y, z]: Vec3): boolean {
    if (!(z > 0)) return false
    this.#projector.project(x, y, z)
    const u = Math.round(this.#projector.u)
    const v = Math.round(this.#projector.v)
    return u >= 0 && u < this.#canvas.width && v >= 0 && v < this.#canvas.height
  }

  /** The closed path without what lies behind the camera: where an edge crosses the plane, a point a little in front of it. */
  #cutAtCamera(points: readonly Vec3[]): Vec3[] {
    const kept: Vec3[] = []
    points.forEach((a, i) => {
      if (a[2] >= 0) kept.push(a)
      const b = points[i + 1]
      if (b === undefined || a[2] < 0 === b[2] < 0) return
      const [front, behind] = a[2] < 0 ? [b, a] : [a, b]
      const t = -behind[2] / (front[2] - behind[2]) + this.#description.nearClip.hulls
      kept.push([t * front[0] + (1 - t) * behind[0], t * front[1] + (1 - t) * behind[1], t * front[2] + (1 - t) * behind[2]])
    })
    return kept
  }
}
