import type { CameraModel } from '@virga/scenario'
import { Projector } from '../camera/projector.ts'

/** A projector that knows whether its lens has a picture of what lies beside and behind the camera. */
export class Lens extends Projector {
  /** Points need z > 0. */
  readonly planar: boolean

  constructor(model: CameraModel) {
    super(model)
    this.planar = model.kind === 'pinhole' || model.kind === 'opencv-rational'
  }
}
