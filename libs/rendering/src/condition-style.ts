/// <reference types="@webgpu/types" />
import type { Micros, RgbImage } from '@virga/scenario'

/** A picture whose three channels are the same. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  /** One byte a pixel, row-major, top-left origin. */
  readonly grey: Uint8Array
}

/** An image that is known to be black but for some blocks. */
export interface SparseImage extends RgbImage {
  /** 1 for each run of 32 columns of a row that is not black, rows of ceil(width / 32) runs. */
  readonly lit?: Uint8Array
}

/** A drawn frame: an rgba8unorm texture with COPY_SRC, or an image that was drawn without the GPU. */
export type DrawnPicture = GPUTexture | SparseImage | GreyImage

/** One camera's condition in one style: draws a frame at a time. */
export interface ConditionStyle {
  /** Submits the work of one frame; a texture stays the style's own and holds the frame until the next call's work runs. */
  draw(timeUs: Micros): Promise<DrawnPicture>
  dispose(): void
}
