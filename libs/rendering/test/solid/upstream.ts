import {
  type Camera,
  cameraPoseAt,
  invertPose,
  type LaneLine,
  type Micros,
  type Pose,
  project,
  type RgbImage,
  type Scenario,
  trackBoxAt,
  transformPoint,
  type Vec3,
} from '@virga/scenario'
import type { Dash, SolidDescription } from '../../src/solid/description.ts'
import { lookOf } from '../../src/solid/solid-scene.ts'
import { type Corner, Rasteriser } from './rasteriser.ts'

/**
 * World scenarios the way the public renderers draw them, step by step: every line sampled
 * at its 5, 20 or 80 cm, every segment a quad with two round ends of eight steps, nothing left out, nothing merged. Slow, and shares
 * with the engine only the description (palette, order, dash lengths). No height filter; areas must be convex.
 */
export function drawAsUpstream(scenario: Scenario, camera: Camera, timeUs: Micros, description: SolidDescription): RgbImage {
  const raster = new Rasteriser(camera.width, camera.height, description.far)
  const tools = new Tools(raster, camera, invertPose(cameraPoseAt(scenario, camera, timeUs)), description)
  for (const layer of description.layers) {
    for (const element of scenario.map) {
      if (layer.draw === 'lines' && element.kind === layer.of) {
        tools.line(sampled(verticesOf(element.line), layer.spacing), layer.rgb, layer.width, 0, () => true)
      } else if (layer.draw === 'lane-lines' && element.kind === 'lane-line') {
        laneLine(tools, element, layer)
      } else if (layer.draw === 'areas' && element.kind === layer.of) {
        const ring = verticesOf(element.ring)
        const outline = layer.spacing === undefined ? ring : sampled([...ring, ring[0]], layer.spacing).slice(0, -1)
        const triangles = layer.fill === 'fan' ? fan(outline.length) : zigzag(outline.length)
        for (const corners of triangles) tools.triangle(corners.map((i) => outline[i]), [layer.rgb, layer.rgb, layer.rgb]) // prettier-ignore
      } else if (layer.draw === 'cuboids' && element.kind === layer.of && 'corners' in element) {
        const corners = verticesOf(element.corners)
        const rgb = Array.isArray(layer.rgb) ? (layer.rgb as Rgb) : (layer.rgb as unknown as { unknown: Rgb }).unknown
        const path = [0, 1, 2, 3, 0, 4, 5, 6, 7, 4, 5, 1, 2, 6, 7, 3]
        const faces = layer.faces === 'solid' ? boxFaces : path.slice(1, -1).map((_, i) => [path[0], path[i + 1], path[i + 2]])
        for (const [a, b, c] of faces) tools.triangle([corners[a], corners[b], corners[c]], [rgb, rgb, rgb])
      }
    }
    if (layer.draw !== 'boxes') continue
    const order = layer.order === 'class' ? layer.classes.map(({ of }) => of) : [layer.classes.flatMap(({ of }) => of)]
    for (const classes of order) {
      for (const track of [...scenario.tracks].sort((a, b) => (a.id < b.id ? -1 : 1))) {
        const look = layer.classes.find(({ of }) => of.includes(track.class))
        const box = trackBoxAt(track, timeUs)
        if (!classes.includes(track.class) || look === undefined || box === undefined) continue
        const corners = signs.map(([x, y, z]) =>
          transformPoint(box.object_to_world, [(x * box.size[0]) / 2, (y * box.size[1]) / 2, (z * box.size[2]) / 2]),
        )
        if (!tools.anyInPicture(corners)) continue
        const colours = signs.map(([x]) => (x > 0 ? look.front : look.rear))
        for (const [a, b, c] of boxFaces) tools.triangle([corners[a], corners[b], corners[c]], [colours[a], colours[b], colours[c]])
        for (const [a, b] of boxEdges) tools.segment(corners[a], corners[b], layer.edge.rgb, layer.edge.width)
      }
    }
  }
  return raster.picture()
}

const fan = (n: number): number[][] => Array.from({ length: n - 2 }, (_, i) => [0, i + 1, i + 2])

/** Across a convex outline, from its first edge: any triangulation on the outline's own points looks the same. */
function zigzag(n: number): number[][] {
  const out: number[][] = []
  for (let low = 0, high = n - 1; high - low > 1;) {
    if (n - 1 - high < low)
      out.push([low, high, --high]) // prettier-ignore
    else out.push([low, high, ++low])
  }
  return out
}

type Rgb = readonly [number, number, number]

const signs: readonly Vec3[] = [[1, 1, 1], [1, -1, 1], [-1, -1, 1], [-1, 1, 1], [1, 1, -1], [1, -1, -1], [-1, -1, -1], [-1, 1, -1]] // prettier-ignore
const boxFaces = [[0, 1, 5], [0, 4, 5], [2, 3, 7], [2, 6, 7], [0, 2, 3], [0, 1, 2], [4, 6, 7], [4, 5, 6], [0, 4, 7], [0, 3, 7], [1, 5, 6], [1, 2, 6]] // prettier-ignore
const boxEdges = [[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]] // prettier-ignore

const verticesOf = (line: Float64Array): Vec3[] =>
  Array.from({ length: line.length / 3 }, (_, i) => [line[3 * i], line[3 * i + 1], line[3 * i + 2]])

/** Every edge in max(floor(length / spacing), 2) points. */
function sampled(line: readonly Vec3[], spacing: number): Vec3[] {
  const out: Vec3[] = [line[0]]
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1], line[i]]
    const n = Math.max(Math.floor(Math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2) / spacing), 2)
    for (let k = 1; k < n; k += 1) out.push(between(a, b, k / (n - 1)))
  }
  return out
}

const between = (a: Vec3, b: Vec3, t: number): Vec3 => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]

function laneLine(tools: Tools, element: LaneLine, layer: Extract<SolidDescription['layers'][number], { draw: 'lane-lines' }>): void {
  const { rgb, times = 1, strokes } = lookOf(element, layer)
  for (const { dash, left = 0 } of strokes) {
    tools.line(sampled(verticesOf(element.line), layer.spacing), rgb, layer.width * times, left, paintedBy(dash))
  }
}

/** Whether a segment is painted, by its number and its start and end in metres; or the painted part of it, as shares of its length. */
function paintedBy(dash: Dash | undefined): (index: number, from: number, to: number) => boolean | [number, number] {
  if (dash === undefined) return () => true
  const period = dash.on + dash.off
  if (dash.unit === 'segments') return (index) => index % period < dash.on && (index % period) % (dash.every ?? 1) === 0
  return (_, from, to) => {
    const start = Math.floor((from + 1e-9) / period) * period
    if (dash.whole === true) return to <= start + dash.on + 1e-9
    const [a, b] = [Math.max(from, start), Math.min(to, start + dash.on)]
    const next = start + period
    if (b > a) return [(a - from) / (to - from), (b - from) / (to - from)]
    return to > next ? [(next - from) / (to - from), 1] : false
  }
}

class Tools {
  readonly #raster: Rasteriser
  readonly #camera: Camera
  readonly #toCamera: Pose
  readonly #description: SolidDescription

  constructor(raster: Rasteriser, camera: Camera, world_to_camera: Pose, description: SolidDescription) {
    this.#raster = raster
    this.#camera = camera
    this.#toCamera = world_to_camera
    this.#description = description
  }

  line(points: readonly Vec3[], rgb: Rgb, width: number, left: number, painted: ReturnType<typeof paintedBy>): void {
    let metres = 0
    for (let i = 0; i + 1 < points.length; i += 1) {
      const [a, b] = [points[i], points[i + 1]]
      const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2])
      const is = painted(i, metres, metres + length)
      metres += length
      if (is === false) continue
      const ground = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
      const shift: Vec3 = [(-(b[1] - a[1]) / ground) * left, ((b[0] - a[0]) / ground) * left, 0]
      const [s, t] = is === true ? [0, 1] : is
      const [p, q] = [between(a, b, s), between(a, b, t)]
      this.segment([p[0] + shift[0], p[1] + shift[1], p[2]], [q[0] + shift[0], q[1] + shift[1], q[2]], rgb, width)
    }
  }

  /** A quad in clip space as wide as the mean depth says, and a half circle of eight steps on each end. */
  segment(a: Vec3, b: Vec3, rgb: Rgb, width: number): void {
    const { far, behind } = this.#description
    const { width: w, height: h } = this.#camera
    const [p, q] = [this.#corner(a, rgb), this.#corner(b, rgb)]
    if (p.depth < 0 && q.depth < 0) return
    if (behind === 'drop' && (p.depth < 0 || q.depth < 0)) return
    const radius = (width / w) * Math.min(Math.max(1 - (p.depth + q.depth) / 2 / far, 0), 1)
    const [ax, ay, bx, by] = [(2 * p.u) / w, (2 * p.v) / h, (2 * q.u) / w, (2 * q.v) / h]
    const length = Math.hypot(bx - ax, by - ay)
    if (!(length > 0)) return
    const [tx, ty] = [(bx - ax) / length, (by - ay) / length]
    const at = (of: Corner, x: number, y: number, across: number, along: number): Corner => ({
      ...of,
      u: ((x + (ty * across + tx * along) * radius) * w) / 2,
      v: ((y + (-tx * across + ty * along) * radius) * h) / 2,
    })
    const quad = [at(p, ax, ay, 1, 0), at(p, ax, ay, -1, 0), at(q, bx, by, 1, 0), at(q, bx, by, -1, 0)]
    this.#raster.triangle(quad[0], quad[1], quad[2])
    this.#raster.triangle(quad[2], quad[1], quad[3])
    for (const [of, x, y, sign] of [
      [p, ax, ay, -1],
      [q, bx, by, 1],
    ] as const) {
      // prettier-ignore
      for (let k = 0; k < 8; k += 1) {
        const [c, d] = [(Math.PI * k) / 8, (Math.PI * (k + 1)) / 8]
        this.#raster.triangle(of, at(of, x, y, Math.cos(c), sign * Math.sin(c)), at(of, x, y, Math.cos(d), sign * Math.sin(d)))
      }
    }
  }

  triangle(points: readonly Vec3[], rgbs: readonly Rgb[]): void {
    const [a, b, c] = points.map((point, i) => this.#corner(point, rgbs[i]))
    if (a.depth < 0 && b.depth < 0 && c.depth < 0) return
    this.#raster.triangle(a, b, c)
  }

  anyInPicture(points: readonly Vec3[]): boolean {
    return points.some((point) => {
      const { u, v, depth } = this.#corner(point, [0, 0, 0])
      return depth > 0 && u >= 0 && u < this.#camera.width && v >= 0 && v < this.#camera.height
    })
  }

  #corner(point: Vec3, rgb: Rgb): Corner {
    const { model } = this.#camera
    const { u, v, depth, valid } = project(model, transformPoint(this.#toCamera, point))
    // What a distorted lens does not see has no place; f-theta goes on linearly.
    if (!valid && model.kind !== 'ftheta') return { u: NaN, v: NaN, depth, rgb }
    const fade = Math.min(Math.max(1 - depth / this.#description.far, 0), 1) / 255
    return { u, v, depth, rgb: [rgb[0] * fade, rgb[1] * fade, rgb[2] * fade] }
  }
}
