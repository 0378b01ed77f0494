/// <reference types="@webgpu/types" />
import type { Micros, RgbImage } from '@virga/scenario'
import type { PackedPicture } from './device/packed-picture.ts'

/** A drawn frame: an rgba8unorm texture with COPY_SRC, packed RGB rows in a buffer of the GPU, or an image that was drawn without it. */
export type DrawnPicture = GPUTexture | PackedPicture | RgbImage

/** One camera's condition in one style: draws a frame at a time. */
export interface ConditionStyle {
  /** Submits the work of one frame; a picture on the GPU stays the style's own and holds the frame until the next call's work runs. */
  draw(timeUs: Micros): Promise<DrawnPicture>
  dispose(): void
}
