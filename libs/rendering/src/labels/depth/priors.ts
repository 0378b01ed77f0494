import type { LabelFrame } from '../label-frame.ts'
import { segments } from './segments.ts'

/** Fewest returns on a track whose median says something. */
const leastReturns = 3

/** How far behind the face of its box a thing's returns may lie, metres: what is seen beside it or through its windows lies farther. */
const depthOfThing = 2.5

/** The median difference of each track (see `densify`), over returns that are its own; 0 for what has few. */
export function trackPrior(pixels: Uint32Array, values: Float32Array, segment: Uint32Array, model: Float32Array): (own: number) => number {
  const bySegment = new Map<number, number[]>()
  pixels.forEach((pixel, i) => {
    const own = segment[pixel]
    if (own < segments.firstTrack || 1 / (model[pixel] + values[i]) > 1 / model[pixel] + depthOfThing) return
    const list = bySegment.get(own)
    if (list === undefined) bySegment.set(own, [values[i]])
    else list.push(values[i])
  })
  const medians = new Map<number, number>()
  for (const [own, list] of bySegment) if (list.length >= leastReturns) medians.set(own, list.sort((a, b) => a - b)[list.length >> 1])
  return (own) => medians.get(own) ?? 0
}

/** Pixels of a cell of the road's field. */
const cell = 16
/** Its smoothing, cells. */
const spread = 2

/** A return whose q exceeds the road's by more than this part of it is not on the road but on something that stands there. */
const mostOfRoad = 0.3

/**
 * By which part q exceeds that of the labelled road, as a smooth field over the picture: ground that lies higher by a part of the camera's height
 * is nearer by that part wherever it is seen. Means of cells, blurred with a Gaussian, towards 0 where there are few returns; between cells linear.
 */
export function groundPrior(
  pixels: Uint32Array,
  values: Float32Array,
  segment: Uint32Array,
  model: Float32Array,
  { width, height }: Pick<LabelFrame, 'width' | 'height'>,
): (x: number, y: number) => number {
  const columns = Math.ceil(width / cell) + 1
  const rows = Math.ceil(height / cell) + 1
  const sums = new Float64Array(columns * rows)
  const counts = new Float64Array(columns * rows)
  pixels.forEach((pixel, i) => {
    const part = values[i] / model[pixel]
    if (segment[pixel] !== segments.ground || Math.abs(part) > mostOfRoad) return
    const at = Math.floor(Math.floor(pixel / width) / cell) * columns + Math.floor((pixel % width) / cell)
    sums[at] += part
    counts[at]++
  })
  const weights = Array.from({ length: 6 * spread + 1 }, (_, i) => Math.exp(-((i - 3 * spread) ** 2) / (2 * spread * spread)))
  const blur = (grid: Float64Array): Float64Array => blurred(blurred(grid, columns, rows, weights, 1), columns, rows, weights, columns)
  const [s, n] = [blur(sums), blur(counts)]
  const field = s.map((sum, at) => sum / (n[at] + 1))
  return (x, y) => {
    const [u, v] = [Math.max((x + 0.5) / cell - 0.5, 0), Math.max((y + 0.5) / cell - 0.5, 0)]
    const [i, j] = [Math.floor(u), Math.floor(v)]
    const at = j * columns + i
    const [fu, fv] = [u - i, v - j]
    const top = field[at] + (field[at + 1] - field[at]) * fu
    const bottom = field[at + columns] + (field[at + columns + 1] - field[at + columns]) * fu
    return top + (bottom - top) * fv
  }
}

/** One direction of the blur: `step` 1 along the rows, `columns` down the columns. */
function blurred(grid: Float64Array, columns: number, rows: number, weights: readonly number[], step: number): Float64Array {
  const middle = (weights.length - 1) / 2
  const out = new Float64Array(grid.length)
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const [place, size] = step === 1 ? [i, columns] : [j, rows]
      let sum = 0
      for (let k = Math.max(-middle, -place); k <= Math.min(middle, size - 1 - place); k++) {
        sum += weights[k + middle] * grid[j * columns + i + k * step]
      }
      out[j * columns + i] = sum
    }
  }
  return out
}
