import { type Tensor, tensor, tokenGrid } from '@virga/diffusion'
import { type IndexTensor, outputOf } from './graph.ts'
import type { GraphStore } from './graph-store.ts'
import type { BundleManifest } from './manifest.ts'

/** A control's latent, [1, C, T, h, w] of unit variance, with its weight: one number, or one per token. */
export interface WeightedHint {
  readonly latent: Tensor
  readonly weight: number | Float32Array
}

/**
 * What a drive without video begins from: the prior of each control, averaged with the controls' weights; where none has any, what usually is at that
 * position. A bundle with a single prior graph has that of its one control, whatever the weight.
 *
 * @param hints by control, those with weight
 * @param shape [1, C, T, h, w]
 */
export async function priorLatent(
  graphs: GraphStore,
  manifest: BundleManifest,
  hints: ReadonlyMap<string, WeightedHint>,
  lookIndex: number,
  shape: readonly number[],
): Promise<Tensor> {
  const look: IndexTensor = { data: BigInt64Array.of(BigInt(lookIndex)), shape: [1] }
  const run = async (name: string, hint: Tensor): Promise<Tensor> => {
    const graph = await graphs.get(name)
    return outputOf(await graph.run({ hint, look }), 'latent', graph.name)
  }
  const names = manifest.prior?.controls ?? []
  const only = manifest.graphs.prior === undefined ? undefined : hints.get(names[0])
  if (only !== undefined) return run('prior', only.latent)
  const sum = tensor(shape)
  const weights = new Float32Array(sum.data.length / shape[1])
  for (const name of names) {
    const hint = hints.get(name)
    if (hint === undefined) continue
    const cells = perCell(hint.weight, shape)
    addWeighted(sum.data, (await run(`prior_${name}`, hint.latent)).data, cells)
    cells.forEach((weight, cell) => (weights[cell] += weight))
  }
  const usual = weights.some((weight) => weight === 0) ? await run('prior_position', tensor(shape)) : undefined
  for (let i = 0; i < sum.data.length; i++) {
    const weight = weights[i % weights.length]
    sum.data[i] = weight > 0 ? sum.data[i] / weight : (usual?.data[i] ?? 0)
  }
  return sum
}

/** A weight for each cell of the latent, [T, h, w] flat: a token's cells share its weight. */
function perCell(weight: number | Float32Array, shape: readonly number[]): Float32Array {
  const [, , frames, height, width] = shape
  const cells = new Float32Array(frames * height * width)
  if (typeof weight === 'number') return cells.fill(weight)
  const { rows, columns } = tokenGrid(shape)
  for (let t = 0, i = 0; t < frames; t++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) cells[i++] = weight[(t * rows + (y >> 1)) * columns + (x >> 1)]
  return cells
}

function addWeighted(sum: Float32Array, values: Float32Array, cells: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += cells[i % cells.length] * values[i]
}
