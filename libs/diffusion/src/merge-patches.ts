import { VirgaError } from '@virga/errors'
import { type Tensor, tensor } from './tensor.ts'

/** How overlapping patches lie on a canvas: `rows` x `columns`, row-major. */
export interface PatchLayout {
  readonly rows: number
  readonly columns: number
  /** Height and width of a patch, pixels or latents. */
  readonly height: number
  readonly width: number
  /** Rows and columns that neighbours share. */
  readonly overlapHeight: number
  readonly overlapWidth: number
}

/** The layout of a single patch; merging it rescales the edges (see `mergePatches`). */
export function singlePatch(height: number, width: number): PatchLayout {
  return { rows: 1, columns: 1, height, width, overlapHeight: 0, overlapWidth: 0 }
}

/**
 * The layout that covers a canvas exactly.
 *
 * @param count rows and columns of patches
 * @throws VirgaError VIRGA_USAGE when the patches do not reach over the canvas or do not divide it evenly
 */
export function patchLayout(
  canvas: readonly [height: number, width: number],
  patch: readonly [number, number],
  count: readonly [number, number],
): PatchLayout {
  const overlap = ([0, 1] as const).map((axis) => (count[axis] === 1 ? 0 : (count[axis] * patch[axis] - canvas[axis]) / (count[axis] - 1)))
  const [overlapHeight = 0, overlapWidth = 0] = overlap
  const layout = { rows: count[0], columns: count[1], height: patch[0], width: patch[1], overlapHeight, overlapWidth }
  const [height, width] = canvasOf(layout)
  if (!overlap.every((value) => Number.isInteger(value) && value >= 0) || height !== canvas[0] || width !== canvas[1])
    throw new VirgaError(
      'VIRGA_USAGE',
      `${count[0]} x ${count[1]} patches of ${patch[0]} x ${patch[1]} do not cover a canvas of ${canvas[0]} x ${canvas[1]}`,
    )
  return layout
}

/** Height and width of the canvas. */
export function canvasOf(layout: PatchLayout): [height: number, width: number] {
  const { rows, columns, height, width, overlapHeight, overlapWidth } = layout
  return [rows * height - (rows - 1) * overlapHeight, columns * width - (columns - 1) * overlapWidth]
}

/** Blend weight along one axis: min(i, n - i) / overlap within [0.01, 1]. */
function ramp(length: number, overlap: number): Float64Array {
  const reach = overlap === 0 ? 1e-6 : overlap
  return Float64Array.from({ length }, (_, i) => Math.min(Math.max(Math.min(i, length - i) / reach, 0.01), 1))
}

/**
 * Blends overlapping patches into one canvas: the weighted mean with weights that fall to 0.01 at a patch's border and a denominator that is
 * 1e-6 too large (cosmos-transfer1, inference_utils.py). A single patch is therefore scaled by 0.9901 in its first corner, 0.9999 along its first
 * row and column, and 0.999999 elsewhere.
 *
 * @param patches [P, ..., h, w] with P = rows x columns
 * @returns [1, ..., H, W]
 */
export function mergePatches(patches: Tensor, layout: PatchLayout): Tensor {
  const { rows, columns, height, width, overlapHeight, overlapWidth } = layout
  const [H, W] = canvasOf(layout)
  const middle = patches.shape.slice(1, -2)
  const planes = middle.reduce((a, b) => a * b, 1)
  const result = tensor([1, ...middle, H, W])
  const sum = new Float64Array(H * W)
  const weight = new Float64Array(H * W)
  const down = ramp(height, overlapHeight)
  const across = ramp(width, overlapWidth)
  for (let plane = 0; plane < planes; plane++) {
    sum.fill(0)
    weight.fill(0)
    for (let p = 0; p < rows * columns; p++) {
      const top = Math.floor(p / columns) * (height - overlapHeight)
      const left = (p % columns) * (width - overlapWidth)
      const source = (p * planes + plane) * height * width
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const w = down[y] * across[x]
          const target = (top + y) * W + left + x
          sum[target] += w * patches.data[source + y * width + x]
          weight[target] += w
        }
    }
    for (let i = 0; i < H * W; i++) result.data[plane * H * W + i] = sum[i] / (weight[i] + 1e-6)
  }
  return result
}

/**
 * Cuts a canvas into overlapping patches, row-major.
 *
 * @param canvas [1, ..., H, W]
 * @returns [P, ..., h, w]
 */
export function splitPatches(canvas: Tensor, layout: PatchLayout): Tensor {
  const { rows, columns, height, width, overlapHeight, overlapWidth } = layout
  const [H, W] = canvasOf(layout)
  const middle = canvas.shape.slice(1, -2)
  const planes = middle.reduce((a, b) => a * b, 1)
  const result = tensor([rows * columns, ...middle, height, width])
  for (let p = 0; p < rows * columns; p++)
    for (let plane = 0; plane < planes; plane++)
      for (let y = 0; y < height; y++) {
        const top = Math.floor(p / columns) * (height - overlapHeight) + y
        const left = (p % columns) * (width - overlapWidth)
        const start = plane * H * W + top * W + left
        result.data.set(canvas.data.subarray(start, start + width), ((p * planes + plane) * height + y) * width)
      }
  return result
}

/** Replaces patches by their part of the merged canvas, in place: afterwards overlaps agree. For a single patch, the edge rescale. */
export function mergeAndSplit(patches: Tensor, layout: PatchLayout): void {
  patches.data.set(splitPatches(mergePatches(patches, layout), layout).data)
}
