/** Extents along time, height and width. */
export type Extents = readonly [frames: number, height: number, width: number]

/** For each target index the two source indices and the weight of the second: half-pixel centres, edges clamped. */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; weight: Float64Array } {
  const low = new Int32Array(to)
  const high = new Int32Array(to)
  const weight = new Float64Array(to)
  for (let i = 0; i < to; i++) {
    const position = Math.max((i + 0.5) * (from / to) - 0.5, 0)
    low[i] = Math.min(Math.floor(position), from - 1)
    high[i] = Math.min(low[i] + 1, from - 1)
    weight[i] = position - low[i]
  }
  return { low, high, weight }
}

/**
 * Trilinear resampling with half-pixel centres and no antialiasing (PyTorch's interpolate, mode trilinear, align_corners False).
 *
 * @param source [t, h, w] flat
 */
export function resizeTrilinear(source: Float32Array, from: Extents, to: Extents): Float32Array {
  const [t, y, x] = [taps(from[0], to[0]), taps(from[1], to[1]), taps(from[2], to[2])]
  const [, H, W] = from
  const result = new Float32Array(to[0] * to[1] * to[2])
  let out = 0
  for (let i = 0; i < to[0]; i++)
    for (let j = 0; j < to[1]; j++) {
      const rows = [
        (t.low[i] * H + y.low[j]) * W,
        (t.low[i] * H + y.high[j]) * W,
        (t.high[i] * H + y.low[j]) * W,
        (t.high[i] * H + y.high[j]) * W,
      ] as const
      const [wt, wy] = [t.weight[i], y.weight[j]]
      const factors = [(1 - wt) * (1 - wy), (1 - wt) * wy, wt * (1 - wy), wt * wy] as const
      for (let k = 0; k < to[2]; k++) {
        const [a, b, wx] = [x.low[k], x.high[k], x.weight[k]]
        let sum = 0
        for (let r = 0; r < 4; r++) sum += factors[r] * ((1 - wx) * source[rows[r] + a] + wx * source[rows[r] + b])
        result[out++] = sum
      }
    }
  return result
}
