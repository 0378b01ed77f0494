import { boxCornerSigns, type Micros, type Scenario, type Track, trackBoxAt, transformPoint, type Vec3 } from '@virga/scenario'
import type { View } from '../camera/view.ts'
import type { BoxLayer } from './description.ts'
import type { FaceMesh } from './face-mesh.ts'
import type { Lens } from './lens.ts'
import type { StrokeMesh } from './stroke-mesh.ts'
import { packRgb } from './triangle-list.ts'
import { planarNear } from './visible-strokes.ts'

const isFront = boxCornerSigns.map(([x]) => x > 0)

/** Faces in the order of drawing: outward normal in object axes and the two triangles. */
const faces: readonly { readonly out: Vec3; readonly triangles: readonly (readonly [number, number, number])[] }[] = [
  { out: [1, 0, 0], triangles: [[0, 1, 5], [0, 4, 5]] }, // prettier-ignore
  { out: [-1, 0, 0], triangles: [[2, 3, 7], [2, 6, 7]] }, // prettier-ignore
  { out: [0, 0, 1], triangles: [[0, 2, 3], [0, 1, 2]] }, // prettier-ignore
  { out: [0, 0, -1], triangles: [[4, 6, 7], [4, 5, 6]] }, // prettier-ignore
  { out: [0, 1, 0], triangles: [[0, 4, 7], [0, 3, 7]] }, // prettier-ignore
  { out: [0, -1, 0], triangles: [[1, 5, 6], [1, 2, 6]] }, // prettier-ignore
]
const edges: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
  [4, 5],
  [5, 6],
  [6, 7],
  [7, 4],
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
]

/** Triangles of a solid box, for signs. */
export const boxTriangles: readonly (readonly [number, number, number])[] = faces.flatMap(({ triangles }) => triangles)

/**
 * Edges lie at the faces' own depth and must be nearer to be seen. Where both lie in one plane that is a matter of rounding, which adapters do
 * differently; four units of float32 behind, the face wins on all of them.
 */
const behindFace = 1 + 4 * 2 ** -24

interface DrawnTrack {
  readonly track: Track
  readonly front: number
  readonly rear: number
}

/** Tracks in the order of drawing, with their colours; those of a class that is not drawn are left out. */
export function tracksOf(scenario: Scenario, { classes, order }: BoxLayer): DrawnTrack[] {
  const byId = [...scenario.tracks].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const drawn = byId.flatMap((track) => {
    const place = classes.findIndex(({ of }) => of.includes(track.class))
    return place < 0 ? [] : [{ track, place, front: packRgb(classes[place].front), rear: packRgb(classes[place].rear) }]
  })
  return order === 'class' ? drawn.sort((a, b) => a.place - b.place) : drawn
}

/** Draws the boxes of tracked objects. */
export class Boxes {
  readonly #tracks: readonly DrawnTrack[]
  readonly #layer: BoxLayer
  readonly #origin: Vec3
  readonly #faces: FaceMesh
  readonly #strokes: StrokeMesh
  readonly #lens: Lens
  readonly #picture: { readonly width: number; readonly height: number }
  readonly #behind: 'drop' | 'clip'
  readonly #corners = new Float64Array(24)
  readonly #u = new Float64Array(8)
  readonly #v = new Float64Array(8)

  constructor(
    tracks: readonly DrawnTrack[],
    layer: BoxLayer,
    behind: 'drop' | 'clip',
    origin: Vec3,
    tools: { faces: FaceMesh; strokes: StrokeMesh; lens: Lens; picture: { width: number; height: number } },
  ) {
    this.#tracks = tracks
    this.#layer = layer
    this.#behind = behind
    this.#origin = origin
    this.#faces = tools.faces
    this.#strokes = tools.strokes
    this.#lens = tools.lens
    this.#picture = tools.picture
  }

  append(timeUs: Micros, view: View): void {
    for (const { track, front, rear } of this.#tracks) {
      const box = trackBoxAt(track, timeUs)
      if (box === undefined) continue
      boxCornerSigns.forEach(([sx, sy, sz], i) => {
        const [l, w, h] = box.size
        const corner = transformPoint(box.object_to_world, [(sx * l) / 2, (sy * w) / 2, (sz * h) / 2])
        for (let axis = 0; axis < 3; axis += 1) this.#corners[3 * i + axis] = corner[axis] - this.#origin[axis]
      })
      if (this.#faces.load(this.#corners, view) && this.#hasCornerInPicture()) this.#draw(front, rear)
    }
  }

  /** As upstream: a box none of whose corners is in the picture is not drawn, even if it fills the view. */
  #hasCornerInPicture(): boolean {
    let found = false
    for (let i = 0; i < 8; i += 1) {
      if (this.#faces.isBehind(i)) continue
      this.#faces.project(i)
      const { u, v } = this.#lens
      this.#u[i] = u
      this.#v[i] = v
      found ||= this.#faces.depth(i) > 0 && u >= 0 && u < this.#picture.width && v >= 0 && v < this.#picture.height
    }
    return found
  }

  #draw(front: number, rear: number): void {
    const mesh = this.#faces
    // What faces away from the camera is hidden by what faces it, as long as all of the box is in front.
    const whole = boxCornerSigns.every((_, i) => mesh.depth(i) > planarNear)
    const shown = faces.map(({ triangles: [[a, b, c]], out }) => !whole || facesCamera(mesh, a, b, c, out))
    mesh.place((i) => (isFront[i] ? front : rear))
    faces.forEach(({ triangles }, face) => {
      if (shown[face]) for (const [a, b, c] of triangles) mesh.triangle(a, b, c)
    })
    const { rgb, width } = this.#layer.edge
    const hasEnd = new Uint8Array(8)
    for (const [a, b] of edges) {
      if (!faces.some(({ out }, face) => shown[face] && isOn(out, a) && isOn(out, b))) continue
      if (this.#edge(a, b, packRgb(rgb), width)) hasEnd[a] = hasEnd[b] = 1
    }
    for (let i = 0; i < 8; i += 1) {
      if (hasEnd[i] === 1 && !mesh.isBehind(i)) this.#strokes.dot(this.#u[i], this.#v[i], mesh.depth(i) * behindFace)
    }
  }

  /** False when it is left out. */
  #edge(a: number, b: number, colour: number, width: number): boolean {
    const mesh = this.#faces
    const [za, zb] = [mesh.depth(a), mesh.depth(b)]
    if (za < 0 && zb < 0) return false
    if (this.#behind === 'drop' && (za < 0 || zb < 0)) return false
    const end = (i: number, other: number): [number, number, number] => {
      if (!mesh.isBehind(i)) return [this.#u[i], this.#v[i], mesh.depth(i)]
      const [p, q] = [mesh.point(i), mesh.point(other)]
      const t = (planarNear - p[2]) / (q[2] - p[2])
      this.#lens.project(p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1]), planarNear)
      return [this.#lens.u, this.#lens.v, planarNear]
    }
    if (mesh.isBehind(a) && mesh.isBehind(b)) return false
    const [ua, va, da] = end(a, b)
    const [ub, vb, db] = end(b, a)
    this.#strokes.begin(colour, width)
    this.#strokes.segment(ua, va, da * behindFace, ub, vb, db * behindFace)
    return true
  }
}

const isOn = (out: Vec3, corner: number): boolean => out.every((value, axis) => value === 0 || value === boxCornerSigns[corner][axis])

/** Whether the camera is on the outer side of a face. */
function facesCamera(mesh: FaceMesh, a: number, b: number, c: number, out: Vec3): boolean {
  const [p, q, r] = [mesh.point(a), mesh.point(b), mesh.point(c)]
  const e = [q[0] - p[0], q[1] - p[1], q[2] - p[2]]
  const f = [r[0] - p[0], r[1] - p[1], r[2] - p[2]]
  const normal = [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]]
  // The corner opposite to a tells which side is inside.
  const opposite = boxCornerSigns.findIndex((signs) =>
    signs.every((sign, axis) => sign === (out[axis] === 0 ? 1 : -1) * boxCornerSigns[a][axis]),
  )
  const s = mesh.point(opposite)
  const side = (x: number, y: number, z: number): number => normal[0] * (x - p[0]) + normal[1] * (y - p[1]) + normal[2] * (z - p[2])
  return side(0, 0, 0) * side(s[0], s[1], s[2]) <= 0
}
