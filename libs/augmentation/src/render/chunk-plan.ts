import { VirgaError } from '@virga/errors'

/**
 * What becomes of frames that do not fill the last chunk: a shorter chunk, a chunk filled up with repeats of the last frame, or none (as the
 * Cosmos-Drive-Dreams toolkit does: of 300 frames it writes two chunks of 121 and leaves 58 out).
 */
export const tailPolicies = ['short', 'pad', 'drop'] as const
export type TailPolicy = (typeof tailPolicies)[number]

export interface Chunk {
  /** 0-based. */
  readonly index: number
  /** First frame of the grid. */
  readonly first: number
  /** Frames of the grid in it. */
  readonly frames: number
  /** Repeats of the last frame at its end. */
  readonly padded: number
}

export interface ChunkPlan {
  readonly chunks: readonly Chunk[]
  /** Frames at the end of the grid that no chunk holds. */
  readonly dropped: number
}

/**
 * Cuts a video into chunks of a fixed number of frames without overlap.
 *
 * @param length frames of a chunk; undefined: one chunk of everything
 * @throws VirgaError VIRGA_USAGE for a length below 1; VIRGA_OUT_OF_RANGE when dropping the tail leaves nothing
 */
export function planChunks(frames: number, length: number | undefined, tail: TailPolicy): ChunkPlan {
  if (length === undefined) return { chunks: [{ index: 0, first: 0, frames, padded: 0 }], dropped: 0 }
  if (!Number.isInteger(length) || length < 1) {
    throw new VirgaError('VIRGA_USAGE', `chunks of ${length} frames`, { field: 'chunk', expected: 'an integer of at least 1' })
  }
  const whole = Math.floor(frames / length)
  const rest = frames - whole * length
  const chunks = Array.from({ length: whole }, (_, index): Chunk => ({ index, first: index * length, frames: length, padded: 0 }))
  if (rest > 0 && tail !== 'drop') {
    chunks.push({ index: whole, first: whole * length, frames: rest, padded: tail === 'pad' ? length - rest : 0 })
  }
  if (chunks.length === 0) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `${frames} frames do not fill one chunk of ${length}, and the tail is dropped`, {
      field: 'chunk',
      expected: `at most ${frames}, or --tail short or pad`,
    })
  }
  return { chunks, dropped: tail === 'drop' ? rest : 0 }
}
