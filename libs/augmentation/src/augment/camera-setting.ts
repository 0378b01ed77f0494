import type { Relight } from '@virga/relight'
import type { Camera } from '@virga/scenario'
import type { Publication } from '../ports/publication.ts'
import type { FrameGrid } from '../request/frame-grid.ts'
import type { View } from '../request/view.ts'
import type { CameraSource } from '../source/camera-source.ts'
import type { StageResult } from '../stage/run-stage.ts'
import type { DriveInput } from './drive-input.ts'
import type { AugmentSettings } from './types.ts'

/** One camera of an augmentation. */
export interface CameraJob {
  readonly request: AugmentSettings
  readonly drive: DriveInput
  readonly camera: Camera
  readonly grid: FrameGrid
  readonly relight: Relight | undefined
  readonly publication: Publication
}

/** What the stages of one camera share. */
export interface CameraSetting extends CameraJob {
  readonly view: View
  /** Cropped to the view. */
  readonly viewCamera: Camera
  /** Present when there is camera video on the whole frame grid. */
  readonly source?: CameraSource
  readonly sourceFrames?: StageResult<'small' | 'video'>
  /** Below the root of what is published: `<scenario>/<camera>`. */
  readonly folder: string
}
