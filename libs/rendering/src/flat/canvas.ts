import type { SparseImage } from '../condition-style.ts'

/** Columns of a row that are merged together: 32, a multiple of the four pixels that three words hold. */
const blockShift = 5
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
  /** The layers that have ended, and the one at hand: red | green << 8 | blue << 16 | opaque, or 0. */
  readonly #merged: Int32Array
  readonly #layer: Int32Array
  /** 1 for each block of a row that the layer has pixels in, and any layer. */
  readonly #touched: Uint8Array
  readonly #lit: Uint8Array
  readonly #blocksPerRow: number
  #top = 0
  #bottom = -1

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#merged = new Int32Array(width * height)
    this.#layer = new Int32Array(width * height)
    this.#blocksPerRow = Math.ceil(width / blockWidth)
    this.#touched = new Uint8Array(this.#blocksPerRow * height)
    this.#lit = new Uint8Array(this.#blocksPerRow * height)
    this.#top = height
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
    const touched = this.#touched
    for (let row = this.#top; row <= this.#bottom; row += 1) {
      const first = row * this.#blocksPerRow
      for (let block = 0; block < this.#blocksPerRow; block += 1) {
        if (touched[first + block] === 0) continue
        touched[first + block] = 0
        this.#lit[first + block] = 1
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
      const before = merged[p]
      merged[p] = before === 0 ? value : brighter(before, value)
    }
  }

  /** The picture; the canvas is black again. */
  finish(): SparseImage {
    const { width, height } = this
    const data = new Uint8Array(width * height * 3)
    const lit = this.#lit.slice()
    this.#lit.fill(0)
    const words = width % 4 === 0 ? new Uint32Array(data.buffer) : undefined
    for (let block = 0; block < lit.length; block += 1) {
      if (lit[block] === 0) continue
      const row = Math.floor(block / this.#blocksPerRow)
      const column = (block - row * this.#blocksPerRow) << blockShift
      const from = row * width + column
      const to = row * width + Math.min(column + blockWidth, width)
      if (words !== undefined) packWords(this.#merged, from, to, words)
      else packBytes(this.#merged, from, to, data)
      this.#merged.fill(0, from, to)
    }
    return { width, height, data, lit }
  }
}

/** Per-channel maximum of two colours; both opaque. */
function brighter(a: number, b: number): number {
  const red = (a & 0xff) > (b & 0xff) ? a & 0xff : b & 0xff
  const green = (a & 0xff00) > (b & 0xff00) ? a & 0xff00 : b & 0xff00
  const blue = (a & 0xff0000) > (b & 0xff0000) ? a & 0xff0000 : b & 0xff0000
  return red | green | blue | opaque
}

/** Four pixels into three words (little-endian, as every machine that Node runs on). */
function packWords(colours: Int32Array, from: number, to: number, words: Uint32Array): void {
  for (let p = from, o = (from >> 2) * 3; p < to; p += 4, o += 3) {
    const a = colours[p]
    const b = colours[p + 1]
    const c = colours[p + 2]
    const d = colours[p + 3]
    if ((a | b | c | d) === 0) continue
    words[o] = (a & 0xffffff) | (b << 24)
    words[o + 1] = ((b >> 8) & 0xffff) | (c << 16)
    words[o + 2] = ((c >> 16) & 0xff) | (d << 8)
  }
}

function packBytes(colours: Int32Array, from: number, to: number, data: Uint8Array): void {
  for (let p = from, o = from * 3; p < to; p += 1, o += 3) {
    data[o] = colours[p]
    data[o + 1] = colours[p] >> 8
    data[o + 2] = colours[p] >> 16
  }
}
