/// <reference types="@webgpu/types" />
import type { Micros, RgbImage } from '@virga/scenario'

/** A picture whose three channels are the same. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  /** One byte a pixel, row-major, top-left origin. */
  readonly grey: Uint8Array
}

/** A drawn frame: an rgba8unorm texture with COPY_SRC, or an image that was drawn without the GPU. */
export type DrawnPicture = GPUTexture | RgbImage | GreyImage

/** One camera's condition in one style: draws a frame at a time. */
export interface ConditionStyle {
  /** Submits the work of one frame; a texture stays the style's own and holds the frame until the next call's work runs. */
  draw(timeUs: Micros): Promise<DrawnPicture>
  dispose(): void
}
