/** Ground heights on a square grid of nodes around a place of the world. Between four nodes the ground is their bilinear patch. */
export interface HeightGrid {
  /** World x, y of node (0, 0), metres. */
  readonly west: number
  readonly south: number
  /** Metres from node to node. */
  readonly spacing: number
  /** Cells on a side, a power of two; there is one node more. */
  readonly cells: number
  /** (cells + 1)^2 world z in metres, rows from south to north. */
  readonly heights: Float64Array
}

/** World z of the ground at a world place; outside the grid that of its nearest border. */
export function heightAt({ west, south, spacing, cells, heights }: HeightGrid, x: number, y: number): number {
  const u = Math.min(Math.max((x - west) / spacing, 0), cells)
  const v = Math.min(Math.max((y - south) / spacing, 0), cells)
  const i = Math.min(Math.floor(u), cells - 1)
  const j = Math.min(Math.floor(v), cells - 1)
  const at = j * (cells + 1) + i
  const [fu, fv] = [u - i, v - j]
  const near = heights[at] + (heights[at + 1] - heights[at]) * fu
  const far = heights[at + cells + 1] + (heights[at + cells + 2] - heights[at + cells + 1]) * fu
  return near + (far - near) * fv
}

/** Slopes along x and y of the plane through the ground, least squares, the ground near the grid's middle counting most. */
export function meanSlope({ spacing, cells, heights }: HeightGrid): [number, number] {
  let [total, sx, sy, sz, xx, xy, yy, xz, yz] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let j = 0, at = 0; j <= cells; j++) {
    for (let i = 0; i <= cells; i++, at++) {
      const [x, y] = [(i - cells / 2) * spacing, (j - cells / 2) * spacing]
      const w = 1 / (900 + x * x + y * y)
      const z = heights[at] - heights[0]
      total += w
      sx += w * x
      sy += w * y
      sz += w * z
      xx += w * x * x
      xy += w * x * y
      yy += w * y * y
      xz += w * x * z
      yz += w * y * z
    }
  }
  const [a, b, c] = [xx - (sx * sx) / total, xy - (sx * sy) / total, yy - (sy * sy) / total]
  const [p, q] = [xz - (sx * sz) / total, yz - (sy * sz) / total]
  const determinant = a * c - b * b
  return [(p * c - q * b) / determinant, (a * q - b * p) / determinant]
}

/** Node heights relative to `base` and without the plane of a slope through the grid's middle, in float32. */
export function levelled({ spacing, cells, heights }: HeightGrid, base: number, slope: readonly [number, number]): Float32Array {
  const level = new Float32Array(heights.length)
  for (let j = 0, at = 0; j <= cells; j++) {
    for (let i = 0; i <= cells; i++, at++) {
      level[at] = heights[at] - base - slope[0] * (i - cells / 2) * spacing - slope[1] * (j - cells / 2) * spacing
    }
  }
  return level
}

/**
 * The highest point of each cell, then of each 2x2, 4x4 ... cells, up to the whole grid. Level k starts after all finer ones and has
 * (cells / 2^k)^2 values. A ray above such a maximum passes over the cells.
 *
 * @param heights (cells + 1)^2
 */
export function maximumPyramid(heights: Float32Array, cells: number): Float32Array {
  const levels = Math.log2(cells) + 1
  let total = 0
  for (let level = 0; level < levels; level++) total += (cells >> level) ** 2
  const pyramid = new Float32Array(total)
  let at = 0
  for (let j = 0; j < cells; j++) {
    for (let i = 0; i < cells; i++) {
      const node = j * (cells + 1) + i
      pyramid[at++] = Math.max(heights[node], heights[node + 1], heights[node + cells + 1], heights[node + cells + 2])
    }
  }
  for (let level = 1, below = 0; level < levels; level++) {
    const side = cells >> level
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < side; i++) {
        const child = below + 2 * j * (2 * side) + 2 * i
        pyramid[at++] = Math.max(pyramid[child], pyramid[child + 1], pyramid[child + 2 * side], pyramid[child + 2 * side + 1])
      }
    }
    below += (2 * side) ** 2
  }
  return pyramid
}

/**
 * Makes heights unknown (NaN) that hang together with few others: neighbours hang together when they differ by at most `step` metres. Rasters of
 * city ground hold needles of many metres at the edges of what was measured.
 *
 * @param least the fewest nodes of a piece that is kept
 */
export function dropNeedles(known: Float32Array, columns: number, step: number, least: number): void {
  const seen = new Uint8Array(known.length)
  const piece: number[] = []
  for (let start = 0; start < known.length; start++) {
    if (seen[start] === 1 || Number.isNaN(known[start])) continue
    piece.length = 0
    piece.push(start)
    seen[start] = 1
    for (let next = 0; next < piece.length; next++) {
      const at = piece[next]
      const column = at % columns
      for (const beside of [column > 0 ? at - 1 : -1, column < columns - 1 ? at + 1 : -1, at - columns, at + columns]) {
        // A place off the grid is undefined, whose difference is NaN.
        if (seen[beside] !== 0 || !(Math.abs(known[beside] - known[at]) <= step)) continue
        seen[beside] = 1
        piece.push(beside)
      }
    }
    if (piece.length < least) for (const at of piece) known[at] = NaN
  }
}

/**
 * Heights from a few known nodes: unknown ones (NaN) become the mean of their neighbours, over and over, on a pyramid from coarse to fine
 * (a membrane through the known ones). With none known, all are `otherwise`.
 */
export function fillUnknown(known: Float64Array, side: number, otherwise: number, sweeps = 24): Float64Array {
  const half = (side >> 1) + 1
  let coarse: Float64Array | undefined
  if (side > 3) {
    const sums = new Float64Array(half * half)
    const counts = new Float64Array(half * half)
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < side; i++) {
        const z = known[j * side + i]
        if (Number.isNaN(z)) continue
        const at = ((j + 1) >> 1) * half + ((i + 1) >> 1)
        sums[at] += z
        counts[at]++
      }
    }
    coarse = fillUnknown(
      sums.map((sum, at) => sum / counts[at]),
      half,
      otherwise,
      sweeps,
    )
  }
  const out = known.slice()
  const free: number[] = []
  for (let at = 0; at < out.length; at++) {
    if (!Number.isNaN(out[at])) continue
    free.push(at)
    const [i, j] = [at % side, Math.floor(at / side)]
    out[at] = coarse === undefined ? otherwise : coarse[((j + 1) >> 1) * half + ((i + 1) >> 1)]
  }
  if (coarse === undefined) {
    const given = known.filter((z) => !Number.isNaN(z))
    const mean = given.length === 0 ? otherwise : given.reduce((sum, z) => sum + z, 0) / given.length
    for (const at of free) out[at] = mean
    return out
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const at of free) {
      const i = at % side
      const west = out[i > 0 ? at - 1 : at]
      const east = out[i < side - 1 ? at + 1 : at]
      const south = out[at >= side ? at - side : at]
      const north = out[at + side < out.length ? at + side : at]
      out[at] = (west + east + south + north) / 4
    }
  }
  return out
}
