import { boxCornerSigns, crossVec, dotVec, lengthVec, quatFromRollPitchYaw, rotateVec, subVec, type Vec3 } from '@virga/scenario'
import type { Fail } from './fail.ts'
import { coordinate, isObject, type JsonObject, own, points, shown } from './json.ts'

/** How far a corner may lie from the box through the others: metres, and as a share of the longest diagonal. */
const boxTolerance = { metres: 0.02, share: 0.02 }

export interface Cuboid {
  /** 24 values, 8 corners. */
  readonly corners: Float64Array
  /** Whether the corners are those of a box, in a scenario's order; otherwise they are in the source's. */
  readonly isBox: boolean
}

/** A `cuboid3d`: 8 vertices in any order, or the older centre, orientation and dimensions. */
export function cuboidOf(value: unknown, fail: Fail): Cuboid {
  if (!isObject(value)) return fail(`cuboid is ${shown(value)}`, 'cuboid3d', 'vertices, or center, orientation and dimensions')
  if (own(value, 'vertices') === undefined && own(value, 'center') !== undefined) return { corners: oldForm(value, fail), isBox: true }
  const vertices = points(own(value, 'vertices'), fail, 'cuboid3d.vertices')
  if (vertices.length !== 24) fail(`cuboid has ${vertices.length / 3} vertices`, 'cuboid3d.vertices', '8 vertices')
  const corners = orderedCorners(vertices)
  return corners === undefined ? { corners: vertices, isBox: false } : { corners, isBox: true }
}

/** Orientation x, y, z is yaw, pitch, roll in radians, applied z, then y, then x about the turned axes. */
function oldForm(value: JsonObject, fail: Fail): Float64Array {
  const vector = (key: string): Vec3 => {
    const part = own(value, key)
    const list: readonly unknown[] = Array.isArray(part) ? part : isObject(part) ? [own(part, 'x'), own(part, 'y'), own(part, 'z')] : []
    if (list.length !== 3) fail(`${key} is ${shown(part)}`, `cuboid3d.${key}`, 'x, y, z')
    const [x, y, z] = list.map((number, axis) => coordinate(number, fail, `cuboid3d.${key}.${'xyz'[axis]}`))
    return [x, y, z]
  }
  const [centre, [yaw, pitch, roll], size] = [vector('center'), vector('orientation'), vector('dimensions')]
  const rotation = quatFromRollPitchYaw(roll, pitch, yaw)
  return Float64Array.from(
    boxCornerSigns.flatMap((signs) => {
      const [x, y, z] = rotateVec(rotation, [(signs[0] * size[0]) / 2, (signs[1] * size[1]) / 2, (signs[2] * size[2]) / 2])
      return [centre[0] + x, centre[1] + y, centre[2] + z]
    }),
  )
}

/**
 * Eight corners of a box in any order, in a scenario's order: from a corner its three edges are found among the seven differences, as those three that
 * are square to each other and add up to the diagonal. The steepest edge is the box's z, upwards; x and y follow by the right hand. The
 * source's first vertex becomes the first corner where it lies at the top, else the one above it. Which way a sign faces the source does not say.
 *
 * @returns undefined where the vertices are no box
 */
export function orderedCorners(vertices: Float64Array): Float64Array | undefined {
  const at = (i: number): Vec3 => [vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2]]
  const edges = edgesFrom(Array.from({ length: 7 }, (_, i) => subVec(at(i + 1), at(0))))
  if (edges === undefined) return undefined
  edges.sort((a, b) => Math.abs(steepness(b)) - Math.abs(steepness(a)))
  const [z, ...sides] = edges
  const up: Vec3 = z[2] > 0 ? z : [-z[0], -z[1], -z[2]]
  // Seen from the first corner at the top, the edges lead to -x and -y: for these, too, x cross y is upwards.
  const [x, y] = dotVec(crossVec(sides[0], sides[1]), up) >= 0 ? sides : [sides[1], sides[0]]
  const first = at(0)
  const top: Vec3 = z[2] > 0 ? [first[0] + z[0], first[1] + z[1], first[2] + z[2]] : first
  return Float64Array.from(
    boxCornerSigns.flatMap((signs) => {
      const steps = [(1 - signs[0]) / 2, (1 - signs[1]) / 2, (signs[2] - 1) / 2]
      return [0, 1, 2].map((axis) => top[axis] + steps[0] * x[axis] + steps[1] * y[axis] + steps[2] * up[axis])
    }),
  )
}

const steepness = (edge: Vec3): number => edge[2] / Math.max(lengthVec(edge), 1e-9)

/** The three edges among the differences from one corner to the others; undefined unless all seven fit. */
function edgesFrom(differences: readonly Vec3[]): Vec3[] | undefined {
  const diagonal = differences.reduce((far, vector) => (lengthVec(vector) > lengthVec(far) ? vector : far))
  const tolerance = boxTolerance.metres + boxTolerance.share * lengthVec(diagonal)
  let best: { edges: Vec3[]; error: number } | undefined
  for (let i = 0; i < 7; i++) {
    for (let j = i + 1; j < 7; j++) {
      for (let k = j + 1; k < 7; k++) {
        const edges = [differences[i], differences[j], differences[k]]
        const error = boxError(edges, differences)
        if (error <= tolerance && error < (best?.error ?? Infinity)) best = { edges, error }
      }
    }
  }
  return best?.edges
}

/** How far the differences are from the corners that three edges make, and the edges from being square: metres. */
function boxError([a, b, c]: readonly Vec3[], differences: readonly Vec3[]): number {
  const sum = (...vectors: readonly Vec3[]): Vec3 => vectors.reduce((p, q) => [p[0] + q[0], p[1] + q[1], p[2] + q[2]])
  const corners = [a, b, c, sum(a, b), sum(a, c), sum(b, c), sum(a, b, c)]
  const free = new Set(differences)
  let error = 0
  for (const corner of corners) {
    let nearest: { vector: Vec3; distance: number } | undefined
    for (const vector of free) {
      const distance = lengthVec(subVec(vector, corner))
      if (distance < (nearest?.distance ?? Infinity)) nearest = { vector, distance }
    }
    if (nearest === undefined) return Infinity
    free.delete(nearest.vector)
    error = Math.max(error, nearest.distance)
  }
  const skew = (p: Vec3, q: Vec3): number => Math.abs(dotVec(p, q)) / Math.max(lengthVec(p), lengthVec(q), 1e-9)
  return Math.max(error, skew(a, b), skew(b, c), skew(c, a))
}
