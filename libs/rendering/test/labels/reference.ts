import {
  type Camera,
  cameraPoseAt,
  invertPose,
  type Polyline,
  rotateVec,
  type Scenario,
  type SegClass,
  trackBoxAt,
  transformPoint,
  unproject,
  type Vec3,
} from '@virga/scenario'

export interface Seen {
  readonly name: SegClass
  readonly track: number
  /** Metres along the camera's z; 0 = nothing. */
  readonly depth: number
}

/**
 * What a ray of a labelled scene meets, in float64 and by other means than the shader's: the ground by small steps and bisection, areas by the
 * even-odd rule, stripes by distance, boxes and poles by sampling their own frame's slabs in the world.
 *
 * @param ground world z of the ground at world x, y
 * @param u, v pixels
 */
export function look(
  scenario: Scenario,
  camera: Camera,
  timeUs: number,
  ground: (x: number, y: number) => number,
  u: number,
  v: number,
): Seen {
  const ray = unproject(camera.model, u, v)
  if (ray === undefined) return { name: 'sky', track: 0, depth: 0 }
  const pose = cameraPoseAt(scenario, camera, timeUs)
  const origin = pose.translation
  const direction = rotateVec(pose.rotation, ray)
  const along = (t: number): Vec3 => [origin[0] + direction[0] * t, origin[1] + direction[1] * t, origin[2] + direction[2] * t]
  let nearest = Infinity
  let seen: { name: SegClass; track: number } = { name: 'sky', track: 0 }
  const offer = (t: number | undefined, name: SegClass, track = 0): void => {
    if (t === undefined || t >= nearest) return
    nearest = t
    seen = { name, track }
  }
  scenario.tracks.forEach((track, index) => {
    const box = trackBoxAt(track, timeUs)
    if (box === undefined) return
    const world_to_object = invertPose(box.object_to_world)
    const o = transformPoint(world_to_object, origin)
    const d = rotateVec(world_to_object.rotation, direction)
    const name = track.class === 'pedestrian' ? 'pedestrian' : 'vehicle'
    offer(slabs(o, d, [box.size[0] / 2, box.size[1] / 2, box.size[2] / 2]), name, index + 1)
  })
  for (const element of scenario.map) {
    if (element.kind === 'pole') offer(cylinder(origin, direction, element.line), 'pole')
    if (element.kind === 'traffic-sign' || element.kind === 'traffic-light')
      offer(parallelepiped(origin, direction, element.corners), 'sign')
  }
  const t = march((s) => along(s)[2] - ground(along(s)[0], along(s)[1]), nearest)
  if (t !== undefined && t < nearest) {
    const [x, y] = along(t)
    nearest = t
    seen = { name: classAt(scenario, x, y), track: 0 }
  }
  return { ...seen, depth: nearest === Infinity ? 0 : Math.max(nearest * ray[2], 0) }
}

/** The first zero of a height above ground, within 320 m. */
function march(above: (t: number) => number, limit: number): number | undefined {
  let before = 0
  for (let t = 0.05; before < Math.min(limit, 320); t += Math.min(0.02 + 0.004 * t, 0.4)) {
    if (above(t) <= 0) {
      let [low, high] = [before, t]
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2
        if (above(middle) > 0) low = middle
        else high = middle
      }
      return high
    }
    before = t
  }
  return undefined
}

function slabs(o: Vec3, d: Vec3, half: Vec3): number | undefined {
  let [enter, leave] = [-Infinity, Infinity]
  for (const axis of [0, 1, 2] as const) {
    const [p, q] = [(-half[axis] - o[axis]) / d[axis], (half[axis] - o[axis]) / d[axis]]
    enter = Math.max(enter, Math.min(p, q))
    leave = Math.min(leave, Math.max(p, q))
  }
  return enter <= leave && enter > 0 ? enter : undefined
}

/** Corners 0..7 as the scene orders them: 0-1 along y, 0-3 along x, 0-4 along z. */
function parallelepiped(origin: Vec3, d: Vec3, corners: Polyline): number | undefined {
  const corner = (i: number): Vec3 => [corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]]
  const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
  const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const from = minus(origin, corner(0))
  const cross = (a: Vec3, b: Vec3): Vec3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  const edges = [minus(corner(1), corner(0)), minus(corner(3), corner(0)), minus(corner(4), corner(0))] as const
  let [enter, leave] = [-Infinity, Infinity]
  for (const axis of [0, 1, 2] as const) {
    const normal = cross(edges[(axis + 1) % 3], edges[(axis + 2) % 3])
    const [speed, start, width] = [dot(normal, d), dot(normal, from), dot(normal, edges[axis])]
    const [p, q] = [-start / speed, (width - start) / speed]
    enter = Math.max(enter, Math.min(p, q))
    leave = Math.min(leave, Math.max(p, q))
  }
  return enter <= leave && enter > 0 ? enter : undefined
}

/** A pole of 0.1 m radius with flat ends, by its distance from the ray's points: the root of |p - axis| = 0.1 by quadratic, then the ends. */
function cylinder(origin: Vec3, d: Vec3, line: Polyline): number | undefined {
  const foot: Vec3 = [line[0], line[1], line[2]]
  const axis: Vec3 = [line[3] - line[0], line[4] - line[1], line[5] - line[2]]
  const length = Math.hypot(...axis)
  const n: Vec3 = [axis[0] / length, axis[1] / length, axis[2] / length]
  const from: Vec3 = [origin[0] - foot[0], origin[1] - foot[1], origin[2] - foot[2]]
  const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const away = (v: Vec3): Vec3 => [v[0] - dot(v, n) * n[0], v[1] - dot(v, n) * n[1], v[2] - dot(v, n) * n[2]]
  const [e, m] = [away(d), away(from)]
  const [a, b, c] = [dot(e, e), dot(e, m), dot(m, m) - 0.01]
  const disc = b * b - a * c
  if (disc < 0) return undefined
  const [p, q] = [-dot(from, n) / dot(d, n), (length - dot(from, n)) / dot(d, n)]
  const enter = Math.max((-b - Math.sqrt(disc)) / a, Math.min(p, q))
  const leave = Math.min((-b + Math.sqrt(disc)) / a, Math.max(p, q))
  return enter <= leave && enter > 0 ? enter : undefined
}

function classAt({ map, drivableAreas = [] }: Scenario, x: number, y: number): SegClass {
  let [isPaint, isCrosswalk, isKerb, isRoad] = [false, false, false, drivableAreas.some(({ ring }) => isInside(ring, x, y))]
  for (const element of map) {
    if (element.kind === 'lane') {
      const right: number[] = []
      for (let i = element.right.length - 3; i >= 0; i -= 3) right.push(...element.right.subarray(i, i + 3))
      isRoad ||= isInside(Float64Array.from([...element.left, ...right]), x, y)
      isRoad ||= distance(Float64Array.from([...element.left, ...right, ...element.left.subarray(0, 3)]), x, y)[0] <= 0.1
    }
    if (element.kind === 'crosswalk') isCrosswalk ||= isInside(element.ring, x, y)
    if (element.kind === 'road-marking') isPaint ||= isInside(element.ring, x, y)
    if (element.kind === 'road-boundary') isKerb ||= distance(element.line, x, y)[0] <= 0.15
    if (element.kind === 'wait-line') isPaint ||= distance(element.line, x, y)[0] <= 0.2
    if (element.kind === 'lane-line') {
      isRoad ||= distance(element.line, x, y)[0] <= 0.3
      isPaint ||= isPainted(element.line, element.pattern, x, y)
    }
  }
  return isPaint ? 'lane-line' : isCrosswalk ? 'crosswalk' : isKerb ? 'pavement' : isRoad ? 'road' : 'terrain'
}

function isPainted(line: Polyline, pattern: string, x: number, y: number): boolean {
  const on = (d: number, s: number, dashed: boolean): boolean => d <= 0.075 && (!dashed || s % 12 <= 3)
  if (pattern === 'none') return false
  if (pattern === 'dashed-solid') {
    // Left dashed, right solid, 0.15 m to either side; the scene's bends are slight, so the offset lines differ from true ones by micrometres.
    const [left, s] = distance(moved(line, 0.15), x, y)
    return on(left, s, true) || on(distance(moved(line, -0.15), x, y)[0], 0, false)
  }
  const [d, s] = distance(line, x, y)
  return on(d, s, pattern === 'long-dashed')
}

function moved(line: Polyline, offset: number): Polyline {
  const n = line.length / 3
  const normals = Array.from({ length: n - 1 }, (_, i) => {
    const [dx, dy] = [line[3 * i + 3] - line[3 * i], line[3 * i + 4] - line[3 * i + 1]]
    return Math.atan2(dx, -dy)
  })
  const out = line.slice()
  for (let i = 0; i < n; i++) {
    const angle = (normals[Math.max(i - 1, 0)] + normals[Math.min(i, n - 2)]) / 2
    out[3 * i] += offset * Math.cos(angle)
    out[3 * i + 1] += offset * Math.sin(angle)
  }
  return out
}

/** Distance to the line, and metres from its start to the nearest point. */
function distance(line: Polyline, x: number, y: number): [number, number] {
  let best: [number, number] = [Infinity, 0]
  let start = 0
  for (let i = 0; i + 5 < line.length; i += 3) {
    const [ax, ay] = [line[i], line[i + 1]]
    const [dx, dy] = [line[i + 3] - ax, line[i + 4] - ay]
    const length = Math.hypot(dx, dy)
    const s = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), length)
    const d = Math.hypot(x - ax - (dx * s) / length, y - ay - (dy * s) / length)
    if (d < best[0]) best = [d, start + s]
    start += length
  }
  return best
}

function isInside(ring: Polyline, x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 3; i < ring.length; j = i, i += 3) {
    const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[j], ring[j + 1]]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
