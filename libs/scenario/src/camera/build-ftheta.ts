import { VirgaError } from '@virga/errors'
import { undoLinearTerm } from './ftheta.ts'
import { evaluateDerivative, evaluatePolynomial, fitPolynomialThroughOrigin } from './polynomial.ts'
import type { FthetaModel } from './types.ts'

const degree = 5
const samples = 500

export interface FthetaParameters {
  /** Principal point, pixels. */
  readonly cx: number
  readonly cy: number
  /** Image size, pixels. */
  readonly width: number
  readonly height: number
  /** p0..p5 (or fewer), p0 = 0. */
  readonly polynomial: readonly number[]
  readonly reference: FthetaModel['reference']
  /** Linear term [c d; e 1]; identity if not given. */
  readonly c?: number
  readonly d?: number
  readonly e?: number
}

/**
 * An f-theta model from its one stored polynomial; the other direction is fitted by least squares (degree 5, no constant, 500 samples):
 * angle-to-pixel over the radii that the image holds, pixel-to-angle over the angles at which the stored one still grows. The
 * recipe is that of NVIDIA's f-theta camera in the Cosmos-Drive-Dreams toolkit.
 *
 * @throws VirgaError VIRGA_BAD_INPUT if a number is not finite, p0 is not 0, or the polynomial falls within the image
 */
export function buildFtheta(parameters: FthetaParameters): FthetaModel {
  const { cx, cy, width, height, reference, c = 1, d = 0, e = 0 } = parameters
  const stored = [...parameters.polynomial, 0, 0, 0, 0, 0, 0].slice(0, Math.max(degree + 1, parameters.polynomial.length))
  if (![cx, cy, c, d, e, ...stored].every(Number.isFinite)) fail('a parameter is not finite', 'finite numbers')
  if (!(width > 0 && height > 0)) fail(`image size ${width} x ${height}`, 'a size above zero')
  if (stored[0] !== 0) fail(`p0 is ${stored[0]}`, 'a polynomial without constant')
  if (c - d * e === 0) fail('the linear term [c d; e 1] is singular', 'a term that can be undone')
  const linear = { c, d, e }
  const reach = Math.max(...cornerRadii(cx, cy, 0, 0, width, height, linear))
  const [angleToPixel, pixelToAngle] =
    reference === 'pixel-to-angle' ? [fitInverse(stored, reach), stored] : [stored, fitInverse(stored, growingAngles(stored, reach))]
  const maxAngle = fthetaMaxAngle({ cx, cy, pixelToAngle, ...linear }, width, height)
  if (!(maxAngle > 0) || evaluateDerivative(angleToPixel, maxAngle) <= 0) {
    fail(`the angle-to-pixel polynomial does not grow up to the image corner (${maxAngle} rad)`, 'a polynomial that grows over the image')
  }
  return { kind: 'ftheta', cx, cy, angleToPixel, pixelToAngle, reference, maxAngle, ...linear }
}

/**
 * From the RDS-HQ intrinsics vector [cx, cy, width, height, p0..p5, is_bw_poly] with optional c, d, e at its end; is_bw_poly = 1 when
 * the polynomial maps pixel radius to angle.
 *
 * @throws VirgaError VIRGA_BAD_INPUT if the vector has another length or its numbers make no camera
 */
export function fthetaFromIntrinsics(vector: ArrayLike<number>): { model: FthetaModel; width: number; height: number } {
  if (vector.length !== 11 && vector.length !== 14) fail(`the intrinsics vector has ${vector.length} values`, '11 or 14 values')
  const [cx, cy, width, height, ...rest] = Array.from(vector)
  const isBackward = rest[6]
  if (isBackward !== 0 && isBackward !== 1) fail(`is_bw_poly is ${isBackward}`, '0 or 1')
  const reference = isBackward === 1 ? 'pixel-to-angle' : 'angle-to-pixel'
  const [c, d, e] = vector.length === 14 ? rest.slice(7) : [1, 0, 0]
  return { model: buildFtheta({ cx, cy, width, height, polynomial: rest.slice(0, 6), reference, c, d, e }), width, height }
}

/** Largest ray angle over the centres of the four corner pixels as the toolkit takes them: 0 and width - 1, 0 and height - 1. */
export function fthetaMaxAngle(
  model: Pick<FthetaModel, 'cx' | 'cy' | 'c' | 'd' | 'e' | 'pixelToAngle'>,
  width: number,
  height: number,
): number {
  const radii = cornerRadii(model.cx, model.cy, 0, 0, width - 1, height - 1, model)
  return Math.max(...radii.map((radius) => evaluatePolynomial(model.pixelToAngle, radius)))
}

function cornerRadii(
  cx: number,
  cy: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
  linear: Pick<FthetaModel, 'c' | 'd' | 'e'>,
): number[] {
  return [left, right].flatMap((u) => [top, bottom].map((v) => Math.hypot(...undoLinearTerm(linear, u - cx, v - cy))))
}

/** Fits x = polynomial^-1(y) from samples of the polynomial over [0, limit]. */
function fitInverse(polynomial: readonly number[], limit: number): number[] {
  const domain = Array.from({ length: samples }, (_, i) => (limit * i) / (samples - 1))
  const values = domain.map((value) => evaluatePolynomial(polynomial, value))
  return fitPolynomialThroughOrigin(values, domain, degree)
}

/** The angle, in steps of pi / 2000, up to which the polynomial grows and stays within `reach` pixels. */
function growingAngles(angleToPixel: readonly number[], reach: number): number {
  const step = Math.PI / 2000
  let angle = step
  while (angle < Math.PI && evaluatePolynomial(angleToPixel, angle) <= reach && evaluateDerivative(angleToPixel, angle) > 0) angle += step
  return angle
}

function fail(message: string, expected: string): never {
  throw new VirgaError('VIRGA_BAD_INPUT', `f-theta camera: ${message}`, { expected })
}
