import {
  type CameraModel,
  evaluateDerivative,
  evaluatePolynomial,
  type FthetaModel,
  type KannalaBrandtModel,
  maxValidAngle,
  type OpenCvRationalModel,
} from '@virga/scenario'

/**
 * The same projection as `cameraWgsl`, in float64 and without allocating: for what is decided per whole pixel in JavaScript. Where a
 * distortion stops growing the image goes on linearly; a planar model has no pixel for points that are not in front of it.
 */
export class Projector {
  /** Result of the last `project`, pixels; NaN where the model has none. */
  u = NaN
  v = NaN
  readonly #project: (x: number, y: number, z: number) => void

  constructor(model: CameraModel) {
    switch (model.kind) {
      case 'pinhole': {
        const { fx, fy, cx, cy } = model
        this.#project = (x, y, z) => {
          this.u = z > 0 ? (fx * x) / z + cx : NaN
          this.v = z > 0 ? (fy * y) / z + cy : NaN
        }
        break
      }
      case 'opencv-rational':
        this.#project = this.#rational(model)
        break
      case 'kannala-brandt':
        this.#project = this.#kannalaBrandt(model)
        break
      case 'ftheta':
        this.#project = this.#ftheta(model)
        break
    }
  }

  /** @param x camera frame (x right, y down, z forward), metres */
  project(x: number, y: number, z: number): void {
    this.#project(x, y, z)
  }

  #rational(model: OpenCvRationalModel): (x: number, y: number, z: number) => void {
    const { fx, fy, cx, cy, p1, p2 } = model
    const [k1, k2, k3, k4, k5, k6] = model.k
    const limit = Math.min(Math.tan(maxValidAngle(model)) ** 2, 1e6)
    return (px, py, z) => {
      const x = z > 0 ? px / z : NaN
      const y = py / z
      const square = x * x + y * y
      const r2 = Math.min(square, limit)
      const factor = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
      const scale = square > r2 ? Math.sqrt(r2 / square) : 1
      const [a, b] = [x * scale, y * scale]
      this.u = fx * (x * factor + (2 * p1 * a * b + p2 * (r2 + 2 * a * a)) / scale) + cx
      this.v = fy * (y * factor + (p1 * (r2 + 2 * b * b) + 2 * p2 * a * b) / scale) + cy
    }
  }

  #kannalaBrandt(model: KannalaBrandtModel): (x: number, y: number, z: number) => void {
    const { fx, fy, cx, cy } = model
    const [k1, k2, k3, k4] = model.k
    const limit = maxValidAngle(model)
    return (x, y, z) => {
      const rho = Math.sqrt(x * x + y * y)
      const theta = Math.atan2(rho, z)
      const t = Math.min(theta, limit)
      const t2 = t * t
      const r = t * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4)))) + (theta - t)
      const factor = rho > 0 ? r / rho : 0
      this.u = fx * factor * x + cx
      this.v = fy * factor * y + cy
    }
  }

  #ftheta(model: FthetaModel): (x: number, y: number, z: number) => void {
    const { cx, cy, c, d, e, maxAngle: limit } = model
    const [, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0] = model.angleToPixel
    const edge = evaluatePolynomial(model.angleToPixel, limit)
    const slope = evaluateDerivative(model.angleToPixel, limit)
    return (x, y, z) => {
      const rho = Math.sqrt(x * x + y * y)
      const t = Math.atan2(rho, z)
      const r = t <= limit ? t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5)))) : edge + (t - limit) * slope
      const factor = rho > 0 ? r / rho : 0
      this.u = cx + factor * (c * x + d * y)
      this.v = cy + factor * (e * x + y)
    }
  }
}
