import {
  crossVec,
  lengthVec,
  type MapElement,
  type Micros,
  normalizeVec,
  type Polyline,
  poseToMat4,
  scaleVec,
  type Scenario,
  segClassId,
  subVec,
  trackBoxAt,
  type Vec3,
} from '@virga/scenario'
import { classOfObject, leastThickness, poleRadius } from './label-classes.ts'

/** A box (|x|, |y|, |z| <= 1) or a cylinder (x2 + y2 <= 1, |z| <= 1) of the frame that its three half axes span. */
export interface Solid {
  readonly shape: 'box' | 'cylinder'
  readonly classId: number
  /** 0 for the map's, else 1 + the index of the track. */
  readonly track: number
  /** World metres. */
  readonly centre: Vec3
  /** Half axes in the world, metres: from the centre to the middle of the faces. */
  readonly axes: readonly [Vec3, Vec3, Vec3]
  /** Of a sphere around it. */
  readonly radius: number
}

/** Poles, signs and lights of the map. */
export function mapSolids(map: readonly MapElement[]): Solid[] {
  return map.flatMap((element) => {
    if (element.kind === 'pole') return pole(element.line)
    if (element.kind === 'traffic-sign' || element.kind === 'traffic-light') return corners(element.corners)
    return []
  })
}

/** The boxes of the tracks at a time. */
export function trackSolids({ tracks }: Pick<Scenario, 'tracks'>, timeUs: Micros): Solid[] {
  return tracks.flatMap((track, index) => {
    const box = trackBoxAt(track, timeUs)
    if (box === undefined) return []
    const m = poseToMat4(box.object_to_world)
    const axis = (i: 0 | 1 | 2): Vec3 => scaleVec([m[i], m[4 + i], m[8 + i]], box.size[i] / 2)
    return solid('box', segClassId[classOfObject[track.class]], index + 1, [m[3], m[7], m[11]], [axis(0), axis(1), axis(2)])
  })
}

/** Each piece of the line as a cylinder. */
function pole(line: Polyline): Solid[] {
  const pieces: Solid[] = []
  for (let i = 0; i + 5 < line.length; i += 3) {
    const foot: Vec3 = [line[i], line[i + 1], line[i + 2]]
    const top: Vec3 = [line[i + 3], line[i + 4], line[i + 5]]
    const half = scaleVec(subVec(top, foot), 0.5)
    const up = normalizeVec(half)
    const across = normalizeVec(crossVec(up, Math.abs(up[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]))
    const axes = [scaleVec(across, poleRadius), scaleVec(crossVec(up, across), poleRadius), half] as const
    const centre: Vec3 = [foot[0] + half[0], foot[1] + half[1], foot[2] + half[2]]
    pieces.push(...solid('cylinder', segClassId.pole, 0, centre, axes))
  }
  return pieces
}

/**
 * The box of eight corners. Sources order them differently, so its axes are found from the corners themselves: three edges of the first corner
 * that are as good as perpendicular, else the bounding box of all corners.
 */
function corners(points: Polyline): Solid[] {
  const all = Array.from({ length: points.length / 3 }, (_, i): Vec3 => [points[3 * i], points[3 * i + 1], points[3 * i + 2]])
  if (all.length === 0) return []
  const sum = all.reduce<Vec3>((total, p) => [total[0] + p[0], total[1] + p[1], total[2] + p[2]], [0, 0, 0])
  const centre = scaleVec(sum, 1 / all.length)
  return solid('box', segClassId.sign, 0, centre, boxAxes(all) ?? boundingAxes(all))
}

/** The half edges of a cuboid given by its corners in whatever order; undefined if they do not make one. */
function boxAxes(all: readonly Vec3[]): [Vec3, Vec3, Vec3] | undefined {
  if (all.length !== 8) return undefined
  const edges = all.slice(1).map((corner) => subVec(corner, all[0]))
  // The diagonal is the sum of the three edges, and the longest; a face's diagonal is the sum of two.
  const longest = Math.max(...edges.map(lengthVec))
  const tolerance = 0.02 * longest + 1e-6
  for (let i = 0; i < 7; i++) {
    for (let j = i + 1; j < 7; j++) {
      for (let k = j + 1; k < 7; k++) {
        const [a, b, c] = [edges[i], edges[j], edges[k]]
        const corner = (x: number, y: number, z: number): Vec3 => [
          x * a[0] + y * b[0] + z * c[0],
          x * a[1] + y * b[1] + z * c[1],
          x * a[2] + y * b[2] + z * c[2],
        ]
        const rest = [corner(1, 1, 0), corner(1, 0, 1), corner(0, 1, 1), corner(1, 1, 1)]
        const isBox = rest.every((p) => edges.some((edge) => lengthVec(subVec(edge, p)) <= tolerance))
        const isFlatEnough = [dot(a, b), dot(a, c), dot(b, c)].every((product) => Math.abs(product) <= 0.05 * longest * longest)
        if (isBox && isFlatEnough) return [scaleVec(a, 0.5), scaleVec(b, 0.5), scaleVec(c, 0.5)]
      }
    }
  }
  return undefined
}

function boundingAxes(all: readonly Vec3[]): [Vec3, Vec3, Vec3] {
  const half = (axis: 0 | 1 | 2): number =>
    (all.reduce((most, p) => Math.max(most, p[axis]), -Infinity) - all.reduce((least, p) => Math.min(least, p[axis]), Infinity)) / 2
  return [
    [half(0), 0, 0],
    [0, half(1), 0],
    [0, 0, half(2)],
  ]
}

const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

/** Axes too short to be hit get the least thickness, across the others. Nothing if a number is not finite. */
function solid(shape: Solid['shape'], classId: number, track: number, centre: Vec3, axes: readonly [Vec3, Vec3, Vec3]): Solid[] {
  if (![...centre, ...axes.flat()].every(Number.isFinite)) return []
  const thick = axes.map((axis, i): Vec3 => {
    const length = lengthVec(axis)
    if (length >= leastThickness / 2) return axis
    const [p, q] = [axes[(i + 1) % 3], axes[(i + 2) % 3]]
    const across = length > 1e-9 ? normalizeVec(axis) : normalizeVec(crossVec(normalizeVec(p), normalizeVec(q)))
    return scaleVec(
      lengthVec(across) === 0
        ? (
            [
              [1, 0, 0],
              [0, 1, 0],
              [0, 0, 1],
            ] as const
          )[i]
        : across,
      leastThickness / 2,
    )
  })
  const [a, b, c] = thick
  return [{ shape, classId, track, centre, axes: [a, b, c], radius: Math.hypot(lengthVec(a), lengthVec(b), lengthVec(c)) }]
}
