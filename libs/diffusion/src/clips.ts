import { VirgaError } from '@virga/errors'

/** Frames per latent frame of the causal tokenizer, after the first frame, which has a latent frame of its own. */
export const TEMPORAL = 8

/** Latent frames of a clip of 8 m + 1 frames. */
export function latentFrames(frames: number): number {
  return 1 + (frames - 1) / TEMPORAL
}

/** The smallest 8 m + 1 that is at least `frames`. */
export function wholeClip(frames: number): number {
  return 1 + Math.ceil((frames - 1) / TEMPORAL) * TEMPORAL
}

/** One clip of a longer video. */
export interface ClipPlan {
  readonly index: number
  /** First source frame. */
  readonly first: number
  /** Last source frame that exists; frames beyond it repeat it. */
  readonly last: number
  /** Frames of the clip, padding included. */
  readonly frames: number
  /** Leading frames that are known from the clip before. */
  readonly given: number
  readonly seed: number
}

/**
 * Cuts a video into clips that overlap by `overlap` frames, the last one padded by repeating the last frame; clip k has seed + k
 * (cosmos-transfer1, world_generation_pipeline.py, _run_model).
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE when the video is not longer than the overlap (a single picture has to be repeated by the caller)
 */
export function planClips(frames: number, clipFrames: number, seed: number, overlap = 1): ClipPlan[] {
  if (!Number.isInteger(frames) || frames <= overlap)
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `a video of ${frames} frames makes no clip`, {
      field: 'frames',
      expected: `an integer above ${overlap}`,
    })
  if (clipFrames <= overlap) throw new VirgaError('VIRGA_USAGE', `clips of ${clipFrames} frames cannot overlap by ${overlap}`)
  const stride = clipFrames - overlap
  const count = Math.ceil((frames - overlap) / stride)
  return Array.from({ length: count }, (_, index) => ({
    index,
    first: index * stride,
    last: Math.min(index * stride + clipFrames, frames) - 1,
    frames: clipFrames,
    given: index === 0 ? 0 : overlap,
    seed: seed + index,
  }))
}

/** Frames `from` the source that a clip reads, the last one repeated as padding. */
export function clipFrames<T>(source: readonly T[], clip: ClipPlan): T[] {
  return Array.from({ length: clip.frames }, (_, i) => source[Math.min(clip.first + i, clip.last)])
}

/**
 * Which frames of a weight map each clip reads in the official pipeline, which stretches a map to one clip, gives the first clip all of it
 * and every later clip its last frame. Virga itself stretches a map over the whole video; this is for runs that shall equal the official ones.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE where the official code fails: several clips that need no padding, since the map is extended with
 *   the padding alone
 */
export function officialMapFrames(frames: number, clipLength: number, overlap = 1): number[][] {
  const clips = planClips(frames, clipLength, 0, overlap)
  const padded = (frames - overlap) % (clipLength - overlap) !== 0
  if (clips.length > 1 && !padded)
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `the official pipeline cannot use a weight map with a video of ${frames} frames`, {
      expected: `not a multiple of ${clipLength - overlap} plus ${overlap}`,
    })
  return clips.map((clip) => Array.from({ length: clipLength }, (_, i) => Math.min(clip.first + i, clipLength - 1)))
}
