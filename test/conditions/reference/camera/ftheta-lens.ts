import type { FthetaModel } from '@virga/scenario'
import { fitThroughOrigin, polynomial, slope } from './polynomial.ts'
import type { Lens } from './lens.ts'

const samples = 500

/**
 * f-theta at another size: size, centre and stored polynomial scaled by one factor,
 * the other polynomial fitted again, radius continued linearly beyond the angle of the farthest image corner. Only the stored polynomial of
 * the model is used; its fitted one is not looked at.
 */
export function fthetaLens(model: FthetaModel, width: number, height: number, newHeight: number): Lens {
  const s = newHeight / height
  const [w, h, cx, cy] = [Math.floor(s * width), Math.floor(s * height), s * model.cx, s * model.cy]
  const backwardStored = model.reference === 'pixel-to-angle'
  const reach = Math.hypot(Math.max(cx, w - cx), Math.max(cy, h - cy))
  const stored = backwardStored ? model.pixelToAngle.map((p, i) => p / s ** i) : model.angleToPixel.map((p) => p * s)
  const limit = backwardStored ? reach : growing(stored, reach)
  const domain = Array.from({ length: samples }, (_, i) => (limit * i) / (samples - 1))
  const fitted = fitThroughOrigin(
    domain.map((value) => polynomial(stored, value)),
    domain,
  )
  const [forward, backward] = backwardStored ? [fitted, stored] : [stored, fitted]
  const { c, d, e } = model
  const corners = [0, w - 1].flatMap((u) => [0, h - 1].map((v) => undo(c, d, e, u - cx, v - cy)))
  const maxAngle = Math.max(...corners.map((radius) => polynomial(backward, radius)))
  const edge = polynomial(forward, maxAngle)
  const edgeSlope = slope(forward, maxAngle)
  return ([x, y, z]) => {
    const rho = Math.hypot(x, y)
    if (rho === 0) return [cx, cy]
    const angle = Math.acos(Math.min(Math.max(z / Math.hypot(x, y, z), -1), 1))
    const radius = angle <= maxAngle ? polynomial(forward, angle) : edge + (angle - maxAngle) * edgeSlope
    const [qx, qy] = [(radius * x) / rho, (radius * y) / rho]
    return [cx + c * qx + d * qy, cy + e * qx + qy]
  }
}

/** Length of an image offset before the linear term [c d; e 1]. */
function undo(c: number, d: number, e: number, du: number, dv: number): number {
  const det = c - d * e
  return Math.hypot((du - d * dv) / det, (c * dv - e * du) / det)
}

/** The angle up to which a forward polynomial grows and stays in reach, in steps of pi/2000. */
function growing(forward: readonly number[], reach: number): number {
  const step = Math.PI / 2000
  let angle = step
  while (angle < Math.PI && polynomial(forward, angle) <= reach && slope(forward, angle) > 0) angle += step
  return angle
}
