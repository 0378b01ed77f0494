import type { Camera, RgbImage } from '@virga/scenario'
import type { Size } from '../stage/rgb-frames.ts'

/** One camera at the size of its videos. */
export interface RenderView extends Size {
  readonly camera: Camera
}

/** One picture of one control. */
export interface ControlPicture {
  /** Index into the views. */
  readonly view: number
  readonly control: string
  readonly image: RgbImage
}

/** Frames of the grid: `count` from `first` on. */
export interface FrameRange {
  readonly first: number
  readonly count: number
}

/**
 * Makes one or more controls in one go over the frames, because they share what is dear: all cameras one upload of the map, edge and
 * vis one decoding of the video.
 */
export interface ControlPass {
  readonly controls: readonly string[]
  /** How each control is made, for the manifest: style, preset, algorithm or digest of the file given. */
  readonly made: Readonly<Record<string, string>>
  /** Pictures of the given views in frame order; of each frame every control of every view. */
  pictures(range: FrameRange, views: readonly number[]): AsyncIterable<ControlPicture>
}
