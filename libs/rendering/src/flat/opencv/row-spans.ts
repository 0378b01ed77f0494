const nothing = 1 << 30

/** The pixels of one convex shape: for every row of a picture at most one run of columns, which may reach out of the picture sideways. */
export class RowSpans {
  readonly width: number
  readonly height: number
  /** First and last row that holds anything; top > bottom when the shape is empty. */
  top = Infinity
  bottom = -1
  /** Per row the first and last column, inclusive, not cut to the picture; meaningful from `top` to `bottom` where left <= right. */
  readonly left: Int32Array
  readonly right: Int32Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.left = new Int32Array(height).fill(nothing)
    this.right = new Int32Array(height).fill(-nothing)
  }

  clear(): void {
    for (let y = this.top; y <= this.bottom; y += 1) {
      this.left[y] = nothing
      this.right[y] = -nothing
    }
    this.top = Infinity
    this.bottom = -1
  }

  /** Adds columns `from` to `to` of row `y`, and whatever lies between them and what the row has already. */
  cover(y: number, from: number, to: number): void {
    if (y < 0 || y >= this.height) return
    if (from < this.left[y]) this.left[y] = from
    if (to > this.right[y]) this.right[y] = to
    if (y < this.top) this.top = y
    if (y > this.bottom) this.bottom = y
  }
}
