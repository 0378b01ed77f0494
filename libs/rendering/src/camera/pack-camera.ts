import { type Camera, type CameraModel, evaluateDerivative, evaluatePolynomial, maxValidAngle, type Mat4 } from '@virga/scenario'

/** Size of the WGSL struct `Camera` in bytes. */
export const cameraUniformBytes = 144

const kinds: Record<CameraModel['kind'], number> = { pinhole: 0, 'opencv-rational': 1, 'kannala-brandt': 2, ftheta: 3 }

/**
 * Fills the uniform of `project.wgsl.ts`.
 *
 * @param camera its model must already be scaled to the picture that is drawn
 * @param world_to_camera row-major; the world of the uploaded geometry, so with its local origin subtracted
 */
export function packCamera(camera: Camera, world_to_camera: Mat4): ArrayBuffer {
  const buffer = new ArrayBuffer(cameraUniformBytes)
  const f = new Float32Array(buffer)
  f.set(world_to_camera.subarray(0, 12), 0)
  f.set(intrinsicsOf(camera.model), 12)
  f.set([camera.width, camera.height, limitOf(camera.model), 0], 16)
  f.set(coefficientsOf(camera.model), 20)
  new Uint32Array(buffer)[32] = kinds[camera.model.kind]
  return buffer
}

function intrinsicsOf(model: CameraModel): number[] {
  return model.kind === 'ftheta' ? [1, 1, model.cx, model.cy] : [model.fx, model.fy, model.cx, model.cy]
}

function limitOf(model: CameraModel): number {
  if (model.kind === 'opencv-rational') return Math.min(Math.tan(maxValidAngle(model)) ** 2, 1e6)
  return maxValidAngle(model)
}

/** The twelve values of coefficients_a, coefficients_b and linear. */
function coefficientsOf(model: CameraModel): number[] {
  switch (model.kind) {
    case 'pinhole':
      return []
    case 'opencv-rational':
      return [...model.k, model.p1, model.p2]
    case 'kannala-brandt':
      return [...model.k]
    case 'ftheta': {
      const [, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0] = model.angleToPixel
      const edge = evaluatePolynomial(model.angleToPixel, model.maxAngle)
      const slope = evaluateDerivative(model.angleToPixel, model.maxAngle)
      return [p1, p2, p3, p4, p5, edge, slope, 0, model.c, model.d, model.e, 0]
    }
  }
}
