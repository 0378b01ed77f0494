/** Columns that one work group of the span shader draws; a multiple of 4 per invocation. */
export const blockWidth = 128
const blockShift = 7

/**
 * The runs of pixels of one picture, in the order they are painted, sorted by row and block of columns for the span shader.
 *
 * A run is two words: first column | (length - 1) << 16, and red | green << 8 | blue << 16 | layer << 24.
 */
export class SpanList {
  readonly width: number
  readonly height: number
  /** The layer that runs are pushed to, 0..255. */
  layer = 0
  /** After `sort`: two words for each run, and four for each block that has any: row, first column, first run, number of runs. */
  sorted = new Uint32Array(1 << 15)
  blocks: Uint32Array
  blockCount = 0
  readonly #blocksPerRow: number
  readonly #counts: Uint32Array
  #count = 0
  #bins = new Uint32Array(1 << 14)
  #columns = new Uint32Array(1 << 14)
  #colours = new Uint32Array(1 << 14)

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#blocksPerRow = Math.ceil(width / blockWidth)
    this.#counts = new Uint32Array(this.#blocksPerRow * height)
    this.blocks = new Uint32Array(this.#counts.length * 4)
  }

  /** Runs so far, those that cross a block's border counted once in each. */
  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#count = 0
    this.#counts.fill(0)
  }

  /** Paints columns `from` to `to` (inclusive; cut to the picture) of a row that lies in the picture. */
  push(row: number, from: number, to: number, rgb: number): void {
    const first = from < 0 ? 0 : from
    const last = to >= this.width ? this.width - 1 : to
    if (first > last) return
    const columns = (first | ((last - first) << 16)) >>> 0
    const colour = (rgb | (this.layer << 24)) >>> 0
    const bin = row * this.#blocksPerRow
    for (let block = first >> blockShift; block <= last >> blockShift; block += 1) {
      if (this.#count === this.#bins.length) this.#grow()
      this.#bins[this.#count] = bin + block
      this.#columns[this.#count] = columns
      this.#colours[this.#count] = colour
      this.#counts[bin + block] += 1
      this.#count += 1
    }
  }

  /** Counting sort by block; within a block the order stays. */
  sort(): void {
    const counts = this.#counts
    if (this.sorted.length < this.#count * 2) this.sorted = new Uint32Array(this.#bins.length * 2)
    const { sorted, blocks } = this
    let first = 0
    let at = 0
    for (let bin = 0; bin < counts.length; bin += 1) {
      const count = counts[bin]
      if (count === 0) continue
      blocks[at] = Math.floor(bin / this.#blocksPerRow)
      blocks[at + 1] = (bin % this.#blocksPerRow) * blockWidth
      blocks[at + 2] = first
      blocks[at + 3] = count
      at += 4
      // From here on: where the bin's next run goes.
      counts[bin] = first
      first += count
    }
    this.blockCount = at / 4
    for (let i = 0; i < this.#count; i += 1) {
      const place = counts[this.#bins[i]]++ * 2
      sorted[place] = this.#columns[i]
      sorted[place + 1] = this.#colours[i]
    }
  }

  #grow(): void {
    const longer = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const array = new Uint32Array(old.length * 2)
      array.set(old)
      return array
    }
    this.#bins = longer(this.#bins)
    this.#columns = longer(this.#columns)
    this.#colours = longer(this.#colours)
  }
}
