import type { ErrorPlace } from '@virga/errors'
import { mat4ToPose, type Pose } from '@virga/scenario'
import { parseNpy } from '../npy/parse-npy.ts'
import { type Fail, failAt } from './fail.ts'
import { isObject } from './json.ts'
import { limits, rotationTolerance } from './limits.ts'

/** A 4x4 float array as a pose. @throws VirgaError VIRGA_BAD_INPUT naming the place and what is wrong with the matrix */
export function poseOfNpy(bytes: Uint8Array, place: ErrorPlace): Pose {
  const { type, shape, values } = parseNpy(bytes, place)
  const fail = failAt(place)
  if (shape.join() !== '4,4' || !type.startsWith('f')) fail(`array is ${type} of shape ${shape.join(' x ')}`, undefined, '4 x 4 floats')
  return rigidPose(values as Float64Array, fail, 'matrix')
}

/** A 4x4 list of lists as a pose. */
export function poseOfJson(value: unknown, fail: Fail, field: string): Pose {
  const rows: readonly unknown[] = Array.isArray(value) ? value : []
  if (rows.length !== 4 || !rows.every((row) => Array.isArray(row) && row.length === 4)) {
    const what = isObject(value) ? 'an object' : Array.isArray(value) ? 'a list of another shape' : String(value).slice(0, 40)
    fail(`matrix is ${what}`, field, '4 x 4 numbers')
  }
  const numbers = (rows as unknown[][]).flat().map((x) => (typeof x === 'number' ? x : NaN))
  return rigidPose(numbers, fail, field)
}

/** The pose of a row-major rigid matrix: finite, within the limits, a rotation, last row 0 0 0 1. */
export function rigidPose(m: ArrayLike<number>, fail: Fail, field: string): Pose {
  for (let i = 0; i < 16; i++) {
    if (!Number.isFinite(m[i])) fail(`value in row ${i >> 2}, column ${i & 3} is ${m[i]}`, field, 'finite numbers')
  }
  for (const i of [3, 7, 11]) {
    if (Math.abs(m[i]) > limits.coordinate) fail(`translation is ${m[i]} m`, field, `at most ${limits.coordinate} m`)
  }
  if (Math.abs(m[12]) + Math.abs(m[13]) + Math.abs(m[14]) + Math.abs(m[15] - 1) > rotationTolerance) {
    fail(`last row is ${[12, 13, 14, 15].map((i) => m[i]).join(' ')}`, field, '0 0 0 1')
  }
  const column = (i: number): [number, number, number] => [m[i], m[4 + i], m[8 + i]]
  const [x, y, z] = [column(0), column(1), column(2)]
  const dot = (a: typeof x, b: typeof x): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const error = Math.max(...[dot(x, x) - 1, dot(y, y) - 1, dot(z, z) - 1, dot(x, y), dot(y, z), dot(z, x)].map(Math.abs))
  const determinant = dot(x, [y[1] * z[2] - y[2] * z[1], y[2] * z[0] - y[0] * z[2], y[0] * z[1] - y[1] * z[0]])
  if (!(error <= rotationTolerance) || determinant < 0) {
    fail(`3 x 3 part is no rotation (off by ${error.toExponential(1)}, determinant ${determinant.toFixed(3)})`, field, 'a rotation')
  }
  return mat4ToPose(m)
}
