import type { RgbImage } from '@virga/scenario'

/** One frame of the source camera; depth and classes where the source knows the truth. */
export interface SourceFrame {
  readonly rgb: RgbImage
  /** Metres along the camera's z, 0 = sky, row-major. */
  readonly depth?: Float32Array
  /** Class id per pixel, row-major. */
  readonly seg?: Uint8Array
}

/** The camera video of a drive on the frame grid, in the view's pixels. Can be iterated again. */
export interface CameraSource {
  /** Names the content that `frames` gives: part of every key that depends on it. */
  readonly digest: string
  readonly width: number
  readonly height: number
  readonly count: number
  readonly hasTruth: boolean
  frames(): AsyncIterable<SourceFrame>
}
