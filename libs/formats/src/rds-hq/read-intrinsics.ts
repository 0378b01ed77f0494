import { VirgaError } from '@virga/errors'
import { type CameraModel, evaluateDerivative, fthetaFromIntrinsics, type FthetaModel } from '@virga/scenario'
import { parseNpy } from '../npy/parse-npy.ts'
import { eachTarMember } from '../tar/read-tar.ts'
import { type Fail, failAt } from './fail.ts'
import { memberName } from './frames.ts'
import { limits } from './limits.ts'

/** A lens and the size of its image. */
export interface Intrinsics {
  readonly model: CameraModel
  readonly width: number
  readonly height: number
}

/**
 * Reads the intrinsics of every camera of a clip: `ftheta_intrinsic.<camera>.npy` (cx, cy, w, h, p0..p5, is_bw and optionally c, d, e)
 * or `pinhole_intrinsic.<camera>.npy` (fx, fy, cx, cy, w, h).
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming tar, member and field
 */
export async function readIntrinsics(file: string, clip: string, kind: 'ftheta' | 'pinhole'): Promise<Map<string, Intrinsics>> {
  const cameras = new Map<string, Intrinsics>()
  await eachTarMember(file, limits.arrayBytes, (name, bytes) => {
    const camera = new RegExp(`^${kind}_intrinsic\\.(.+)\\.npy$`).exec(memberName(file, clip, name)?.key ?? '')?.[1]
    if (camera === undefined) return
    const place = { file, record: name }
    const fail = failAt(place)
    const { type, shape, values } = parseNpy(bytes, place)
    if (!/^[fiu]/.test(type) || shape.length !== 1) fail(`array is ${type} of shape ${shape.join(' x ')}`, undefined, 'a vector of floats')
    const vector = Array.from<number | bigint, number>(values, Number)
    cameras.set(camera, kind === 'ftheta' ? fthetaOf(vector, fail) : pinholeOf(vector, fail))
  })
  return cameras
}

export function pinholeOf(vector: readonly number[], fail: Fail): Intrinsics {
  if (vector.length !== 6) fail(`the intrinsics vector has ${vector.length} values`, undefined, 'fx, fy, cx, cy, w, h')
  const [fx, fy, cx, cy, width, height] = vector
  checkImage({ cx, cy, width, height }, fail)
  for (const [field, focal] of [
    ['fx', fx],
    ['fy', fy],
  ] as const) {
    if (!(focal > 0 && focal < 1e6)) fail(`focal length is ${focal} px`, field, 'more than 0 and less than 1e6 pixels')
  }
  return { model: { kind: 'pinhole', fx, fy, cx, cy }, width, height }
}

export function fthetaOf(vector: readonly number[], fail: Fail): Intrinsics {
  if (vector.length !== 11 && vector.length !== 14) {
    fail(`the intrinsics vector has ${vector.length} values`, undefined, 'cx, cy, w, h, p0..p5, is_bw and optionally c, d, e')
  }
  const [cx, cy, width, height] = vector
  checkImage({ cx, cy, width, height }, fail)
  checkDirection(vector, fail)
  try {
    const intrinsics = fthetaFromIntrinsics(vector)
    checkGrowth(intrinsics.model, fail)
    return intrinsics
  } catch (error) {
    if (!(error instanceof VirgaError) || error.place.file !== undefined) throw error
    return fail(error.message.replace(/; expected .*$/, ''), 'p0..p5', error.place.expected)
  }
}

function checkImage(image: { cx: number; cy: number; width: number; height: number }, fail: Fail): void {
  for (const field of ['width', 'height'] as const) {
    const side = image[field]
    if (!(Number.isInteger(side) && side >= 1 && side <= limits.imageSide)) {
      fail(`image ${field} is ${side}`, field[0], `a whole number of pixels up to ${limits.imageSide}`)
    }
  }
  for (const [field, centre, side] of [
    ['cx', image.cx, image.width],
    ['cy', image.cy, image.height],
  ] as const) {
    const reach = limits.principalPoint * side
    if (!(Math.abs(centre - side / 2) <= reach)) fail(`principal point is ${centre}`, field, `within ${reach} px of the image's middle`)
  }
}

/**
 * A flag that says the other direction than the numbers do. The linear term is radians per pixel (a focal length of 10 px or more) one
 * way and pixels per radian the other, so between them lies a factor of at least 100.
 */
function checkDirection(vector: readonly number[], fail: Fail): void {
  const [p1, isBackward] = [vector[5], vector[10]]
  if (isBackward !== 0 && isBackward !== 1) fail(`is_bw is ${isBackward}`, 'is_bw', '0 or 1')
  if (isBackward === 1 && !(p1 > 0 && p1 < 0.1)) {
    fail(`p1 is ${p1} while is_bw says pixel to angle`, 'is_bw', 'p1 from 0 to 0.1 rad/px, or is_bw 0 for a polynomial from angle to pixel')
  }
  if (isBackward === 0 && !(p1 > 10 && p1 < 1e6)) {
    fail(
      `p1 is ${p1} while is_bw says angle to pixel`,
      'is_bw',
      'p1 from 10 to 1e6 px/rad, or is_bw 1 for a polynomial from pixel to angle',
    )
  }
}

/** A lens that shows two directions in one pixel is no lens: upstream looks at the image's corner alone, here the whole range must grow. */
function checkGrowth(model: FthetaModel, fail: Fail): void {
  if (!(model.maxAngle > 0 && model.maxAngle <= Math.PI)) {
    fail(`the image's corner lies at ${model.maxAngle} rad`, 'p0..p5', 'an angle up to pi')
  }
  for (let i = 0; i <= 200; i++) {
    const angle = (model.maxAngle * i) / 200
    if (!(evaluateDerivative(model.angleToPixel, angle) > 0)) {
      fail(`the angle-to-pixel polynomial does not grow at ${angle.toFixed(4)} rad`, 'p0..p5', 'a polynomial that grows over the image')
    }
  }
}
