import { invertMonotone } from './monotone.ts'
import { evaluateDerivative, evaluatePolynomial } from './polynomial.ts'
import type { FthetaModel } from './types.ts'

/** Pixel radius of a ray angle: the polynomial up to `maxAngle`, its tangent there beyond it. */
export function fthetaRadius(model: FthetaModel, angle: number): number {
  const { angleToPixel: f, maxAngle } = model
  if (angle <= maxAngle) return evaluatePolynomial(f, angle)
  return evaluatePolynomial(f, maxAngle) + (angle - maxAngle) * evaluateDerivative(f, maxAngle)
}

/**
 * Ray angle of a pixel radius: the exact inverse of `fthetaRadius`, so that project and unproject agree to float64. The stored or
 * fitted `pixelToAngle` polynomial, which agrees with it to some hundredths of a pixel, is where the search starts.
 *
 * @returns undefined beyond the angle pi
 */
export function fthetaAngle(model: FthetaModel, radius: number): number | undefined {
  const { angleToPixel: f, maxAngle } = model
  const edge = evaluatePolynomial(f, maxAngle)
  if (radius > edge) {
    const angle = maxAngle + (radius - edge) / evaluateDerivative(f, maxAngle)
    return angle <= Math.PI ? angle : undefined
  }
  return invertMonotone(
    (angle) => evaluatePolynomial(f, angle),
    (angle) => evaluateDerivative(f, angle),
    radius,
    maxAngle,
    evaluatePolynomial(model.pixelToAngle, radius),
  )
}

/** A pixel offset from the principal point through the inverse of the linear term [c d; e 1]. */
export function undoLinearTerm(model: Pick<FthetaModel, 'c' | 'd' | 'e'>, du: number, dv: number): [number, number] {
  const { c, d, e } = model
  const determinant = c - d * e
  return [(du - d * dv) / determinant, (c * dv - e * du) / determinant]
}
