import type { RgbImage } from '@virga/scenario'

/** Columns of a row that are merged together: 64. */
const blockShift = 6
const blockWidth = 1 << blockShift

/** Marks a pixel of a layer as painted, also where its colour is black. */
const opaque = 1 << 24

/**
 * A picture that layers are painted into: within a layer what is painted last lies on top, layers merge by the per-channel maximum. The work
 * goes with the pixels that are painted, not with the picture's size.
 */
export class Canvas {
  readonly width: number
  readonly height: number
  #merged = new Uint8Array(0)
  /** The layer at hand: red | green << 8 | blue << 16 | opaque, or 0. */
  readonly #layer: Int32Array
  /** 1 for each block of a row that the layer has pixels in. */
  readonly #touched: Uint8Array
  readonly #blocksPerRow: number
  #top = 0
  #bottom = -1

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#layer = new Int32Array(width * height)
    this.#blocksPerRow = Math.ceil(width / blockWidth)
    this.#touched = new Uint8Array(this.#blocksPerRow * height)
    this.#top = height
  }

  /** Starts a black picture. */
  begin(): void {
    this.#merged = new Uint8Array(this.width * this.height * 3)
  }

  /**
   * Paints a shape at a place where it lies in the picture whole.
   *
   * @param runs row, first and last column of each run, relative to x and y
   * @param rgb red | green << 8 | blue << 16
   */
  stamp(runs: Int32Array, x: number, y: number, rgb: number): void {
    for (let i = 0; i < runs.length; i += 3) this.#fill(y + runs[i], x + runs[i + 1], x + runs[i + 2], rgb | opaque)
  }

  /** Paints columns `from` to `to` (inclusive; cut to the picture) of a row of the picture. */
  run(row: number, from: number, to: number, rgb: number): void {
    const first = from < 0 ? 0 : from
    const last = to < this.width ? to : this.width - 1
    if (first <= last) this.#fill(row, first, last, rgb | opaque)
  }

  #fill(row: number, first: number, last: number, value: number): void {
    const layer = this.#layer
    const start = row * this.width
    for (let p = start + first, end = start + last; p <= end; p += 1) layer[p] = value
    const blocks = row * this.#blocksPerRow
    for (let block = first >> blockShift; block <= last >> blockShift; block += 1) this.#touched[blocks + block] = 1
    if (row < this.#top) this.#top = row
    if (row > this.#bottom) this.#bottom = row
  }

  /** Merges what has been painted since the last layer ended. */
  endLayer(): void {
    for (let row = this.#top; row <= this.#bottom; row += 1) {
      for (let block = 0; block < this.#blocksPerRow; block += 1) {
        if (this.#touched[row * this.#blocksPerRow + block] === 0) continue
        this.#touched[row * this.#blocksPerRow + block] = 0
        const column = block << blockShift
        this.#merge(row * this.width + column, row * this.width + Math.min(column + blockWidth, this.width))
      }
    }
    this.#top = this.height
    this.#bottom = -1
  }

  #merge(from: number, to: number): void {
    const layer = this.#layer
    const merged = this.#merged
    for (let p = from; p < to; p += 1) {
      const value = layer[p]
      if (value === 0) continue
      layer[p] = 0
      const o = p * 3
      const red = value & 255
      const green = (value >> 8) & 255
      const blue = (value >> 16) & 255
      if (red > merged[o]) merged[o] = red
      if (green > merged[o + 1]) merged[o + 1] = green
      if (blue > merged[o + 2]) merged[o + 2] = blue
    }
  }

  /** The picture; the canvas forgets it. */
  finish(): RgbImage {
    const data = this.#merged
    this.#merged = new Uint8Array(0)
    return { width: this.width, height: this.height, data }
  }
}
