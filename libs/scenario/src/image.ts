/** An 8-bit RGB image: row-major, top-left origin, 3 bytes a pixel, no padding. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  /** width * height * 3 bytes */
  readonly data: Uint8Array
}
