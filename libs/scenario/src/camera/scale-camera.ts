import { VirgaError } from '@virga/errors'
import { fthetaMaxAngle } from './build-ftheta.ts'
import type { Camera, CameraModel } from './types.ts'

/**
 * The same camera as seen in its image resized to width x height pixels; the two ratios may differ.
 *
 * Exact for every model: a point's new place is its old place times the ratios. For f-theta the polynomials carry the vertical ratio and
 * the linear term the rest, so a 1920x1080 camera scaled to 1280x704 sees what a 1280x720 image resized to 704 rows shows.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE unless both sizes are positive integers
 */
export function scaleCamera(camera: Camera, width: number, height: number): Camera {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width <= 0 || height <= 0) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `cannot scale camera ${camera.name} to ${width} x ${height}`, {
      expected: 'positive integer sizes',
    })
  }
  return { ...camera, width, height, model: scaleModel(camera.model, width, height, width / camera.width, height / camera.height) }
}

function scaleModel(model: CameraModel, width: number, height: number, su: number, sv: number): CameraModel {
  switch (model.kind) {
    case 'pinhole':
    case 'opencv-rational':
    case 'kannala-brandt':
      return { ...model, fx: model.fx * su, cx: model.cx * su, fy: model.fy * sv, cy: model.cy * sv }
    case 'ftheta': {
      const scaled = {
        ...model,
        cx: model.cx * su,
        cy: model.cy * sv,
        c: (model.c * su) / sv,
        d: (model.d * su) / sv,
        angleToPixel: model.angleToPixel.map((p) => p * sv),
        pixelToAngle: model.pixelToAngle.map((p, i) => p / sv ** i),
      }
      return { ...scaled, maxAngle: fthetaMaxAngle(scaled, width, height) }
    }
  }
}
