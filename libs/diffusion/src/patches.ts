import { expectShape, type Tensor, tensor } from './tensor.ts'

/** Side of a square patch in latents; patches span one latent frame (cosmos-transfer1, config/base/net.py). */
export const PATCH = 2

/** Tokens along time, height and width. */
export interface TokenGrid {
  readonly frames: number
  readonly rows: number
  readonly columns: number
}

/** The token grid of a latent [B, C, T, h, w]. */
export function tokenGrid(shape: readonly number[]): TokenGrid {
  return { frames: shape[2] ?? 0, rows: (shape[3] ?? 0) / PATCH, columns: (shape[4] ?? 0) / PATCH }
}

export function tokenCount(grid: TokenGrid): number {
  return grid.frames * grid.rows * grid.columns
}

/** (t, h, w) index of every token, [L, 3] flat, w fastest. */
export function tokenIndices(grid: TokenGrid): BigInt64Array {
  const result = new BigInt64Array(tokenCount(grid) * 3)
  let i = 0
  for (let t = 0; t < grid.frames; t++)
    for (let y = 0; y < grid.rows; y++)
      for (let x = 0; x < grid.columns; x++) {
        result[i++] = BigInt(t)
        result[i++] = BigInt(y)
        result[i++] = BigInt(x)
      }
  return result
}

/**
 * Token vectors of a latent, channel-major within a token: (c, dh, dw). This is not the order of `unpatchify`.
 *
 * @param latent [B, C, T, h, w], h and w even
 * @param extra further channels [T] that are constant over a frame (the mask of given frames); their 2 x 2 patches come next
 * @param start further channels [1, C', T, h, w], the same for all of the batch (what is begun from); their patches come last
 * @returns [B, L, (C + extra + C') * 4], tokens in t, h, w order
 */
export function patchify(latent: Tensor, extra: readonly Float32Array[] = [], start?: Tensor): Tensor {
  const [batch = 1, channels = 0, frames = 0, height = 0, width = 0] = latent.shape
  const grid = tokenGrid(latent.shape)
  if (start !== undefined) expectShape(start, [1, -1, frames, height, width], 'the latent to begin from')
  const perToken = (channels + extra.length + (start?.shape[1] ?? 0)) * PATCH * PATCH
  const result = tensor([batch, tokenCount(grid), perToken])
  let out = 0
  const copyPatches = ({ data, shape }: Tensor, b: number, t: number, y: number, x: number): void => {
    for (let c = 0; c < shape[1]; c++) {
      const corner = (((b * shape[1] + c) * frames + t) * height + y) * width + x
      result.data[out++] = data[corner]
      result.data[out++] = data[corner + 1]
      result.data[out++] = data[corner + width]
      result.data[out++] = data[corner + width + 1]
    }
  }
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < frames; t++)
      for (let y = 0; y < height; y += PATCH)
        for (let x = 0; x < width; x += PATCH) {
          copyPatches(latent, b, t, y, x)
          for (const channel of extra) {
            result.data.fill(channel[t], out, out + PATCH * PATCH)
            out += PATCH * PATCH
          }
          if (start !== undefined) copyPatches(start, 0, t, y, x)
        }
  return result
}

/**
 * The latent of the network's output tokens, whose order within a token is channel-last: (dh, dw, c).
 *
 * @param tokens [B, L, 4 C]
 * @param shape [B, C, T, h, w]
 */
export function unpatchify(tokens: Tensor, shape: readonly number[]): Tensor {
  const [batch = 1, channels = 0, frames = 0, height = 0, width = 0] = shape
  expectShape(tokens, [batch, tokenCount(tokenGrid(shape)), channels * PATCH * PATCH], 'tokens to un-patchify')
  const result = tensor(shape)
  let token = 0
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < frames; t++)
      for (let y = 0; y < height; y += PATCH)
        for (let x = 0; x < width; x += PATCH) {
          for (let c = 0; c < channels; c++) {
            const corner = (((b * channels + c) * frames + t) * height + y) * width + x
            result.data[corner] = tokens.data[token + c]!
            result.data[corner + 1] = tokens.data[token + channels + c]!
            result.data[corner + width] = tokens.data[token + 2 * channels + c]!
            result.data[corner + width + 1] = tokens.data[token + 3 * channels + c]!
          }
          token += channels * PATCH * PATCH
        }
  return result
}
