import type { Camera, OpenCvRationalModel, KannalaBrandtModel, Vec3 } from '@virga/scenario'
import { fthetaLens } from './ftheta-lens.ts'

/** Camera-frame metres (x right, y down, z forward) to pixels; undefined where the model has no answer. */
export type Lens = (point: Vec3) => readonly [number, number] | undefined

/** The camera's lens in float64 at another size of its picture; f-theta takes the ratio of the heights for both axes. */
export function lensOf(camera: Camera, width: number, height: number): Lens {
  const { model } = camera
  const [su, sv] = [width / camera.width, height / camera.height]
  switch (model.kind) {
    case 'ftheta':
      return fthetaLens(model, camera.width, camera.height, height)
    case 'pinhole':
      return ([x, y, z]) => (z <= 0 ? undefined : [su * ((model.fx * x) / z + model.cx), sv * ((model.fy * y) / z + model.cy)])
    case 'opencv-rational':
      return scaled(rational(model), su, sv)
    case 'kannala-brandt':
      return scaled(kannalaBrandt(model), su, sv)
  }
}

function scaled(lens: Lens, su: number, sv: number): Lens {
  return (point) => {
    const place = lens(point)
    return place === undefined ? undefined : [su * place[0], sv * place[1]]
  }
}

/** OpenCV `projectPoints` with k1..k6, p1, p2; rays beyond the radius where the distortion stops growing have no place. */
function rational({ fx, fy, cx, cy, k, p1, p2 }: OpenCvRationalModel): Lens {
  const [k1, k2, k3, k4, k5, k6] = k
  const factor = (r2: number): number => (1 + k1 * r2 + k2 * r2 ** 2 + k3 * r2 ** 3) / (1 + k4 * r2 + k5 * r2 ** 2 + k6 * r2 ** 3)
  const limit = Math.tan(growingLimit((angle) => Math.tan(angle) * factor(Math.tan(angle) ** 2), (89 * Math.PI) / 180))
  return ([x, y, z]) => {
    if (!(z > 0)) return undefined
    const [a, b] = [x / z, y / z]
    const r2 = a * a + b * b
    if (Math.sqrt(r2) > limit) return undefined
    const f = factor(r2)
    return [fx * (a * f + 2 * p1 * a * b + p2 * (r2 + 2 * a * a)) + cx, fy * (b * f + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b) + cy]
  }
}

/** OpenCV `fisheye`: theta_d = theta (1 + k1 theta^2 + ... + k4 theta^8); sees behind itself as far as theta_d grows. */
function kannalaBrandt({ fx, fy, cx, cy, k }: KannalaBrandtModel): Lens {
  const bent = (t: number): number => t * (1 + k[0] * t ** 2 + k[1] * t ** 4 + k[2] * t ** 6 + k[3] * t ** 8)
  const limit = growingLimit(bent, Math.PI)
  return ([x, y, z]) => {
    const rho = Math.hypot(x, y)
    const theta = Math.atan2(rho, z)
    if (theta > limit) return undefined
    if (rho === 0) return [cx, cy]
    return [fx * bent(theta) * (x / rho) + cx, fy * bent(theta) * (y / rho) + cy]
  }
}

/** The angle up to which a radius grows, found in steps of a tenth of a milliradian. */
function growingLimit(radius: (angle: number) => number, most: number): number {
  const step = 1e-4
  let angle = 0
  while (angle + step < most && radius(angle + step) > radius(angle)) angle += step
  return angle + step < most ? angle : most
}
