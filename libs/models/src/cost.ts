/** The numbers of a network that its arithmetic and memory depend on. */
export interface NetworkSize {
  readonly dim: number
  readonly heads: number
  readonly blocks: number
  readonly controlBlocks: number
  readonly textTokens: number
  readonly textDim: number
  readonly adalnRank: number
}

const MLP = 4
const HINT_WIDTHS = [16, 16, 32, 32, 96, 96, 256]

/** Weights of a block: self-attention, cross-attention, MLP, modulation. */
function blockWeights({ dim, textDim, adalnRank }: NetworkSize): {
  self: number
  cross: number
  text: number
  mlp: number
  modulation: number
} {
  return {
    self: 4 * dim ** 2,
    cross: 2 * dim ** 2,
    text: 2 * dim * textDim,
    mlp: 2 * MLP * dim ** 2,
    modulation: 3 * (adalnRank * dim + 3 * dim * adalnRank),
  }
}

/** Floating-point operations of one pass at a number of tokens (two for each multiplication with a weight, scores and sums of attention counted). */
export function networkCost(size: NetworkSize, tokens: number): { readonly base: number; readonly control: number } {
  const { dim, textTokens } = size
  const { self, cross, text, mlp } = blockWeights(size)
  const block = 2 * tokens * (self + cross + mlp) + 2 * textTokens * text + 4 * tokens * tokens * dim + 4 * tokens * textTokens * dim
  const edges = 2 * tokens * dim * 64
  return { base: size.blocks * block + 2 * edges, control: size.controlBlocks * (block + 2 * tokens * dim * dim) + edges }
}

/** Weights of the base and of one control branch. */
export function networkWeights(size: NetworkSize): { readonly base: number; readonly control: number } {
  const { dim } = size
  const parts = Object.values(blockWeights(size)).reduce((sum, n) => sum + n, 0)
  const trunk = 4 * dim ** 2 + dim * (128 + 120 + 120) + 68 * dim
  const widths = [dim, ...HINT_WIDTHS, dim]
  const hint = widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] + 1), 64 * dim)
  return { base: trunk + size.blocks * parts + 64 * dim, control: trunk + size.controlBlocks * (parts + dim * (dim + 1)) + hint }
}

/**
 * Bytes that one evaluation holds: weights of base and controls, and the largest moment within a block: tokens, q, k, v, the MLP's hidden
 * layer, residuals and hints; scores of all heads where attention is not fused into one operator that never holds them (ONNX Runtime's CPU provider).
 */
export function stepMemory(
  size: NetworkSize,
  tokens: number,
  { bytes, controls, fused }: { bytes: number; controls: number; fused: boolean },
): number {
  const weights = networkWeights(size)
  const stream = tokens * size.dim
  const hidden = (4 + MLP) * stream
  const scores = fused ? 0 : size.heads * tokens * tokens
  // residuals and hints come and go as fp32, whatever the graph computes in
  const edges = 4 * stream * (2 * size.controlBlocks + controls)
  return bytes * (weights.base + controls * weights.control + Math.max(hidden, 4 * stream + scores)) + edges
}
