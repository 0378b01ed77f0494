import { type ClipPlan, planClips, wholeClip } from '@virga/diffusion'
import type { BundleManifest } from './manifest.ts'

/** Frames over which clips are faded into each other when nobody says otherwise: two latent frames. */
export const FADE = 9

/** How a video is made of clips. */
export interface VideoPlan {
  readonly clips: readonly ClipPlan[]
  /** Frames that neighbouring clips share. */
  readonly overlap: number
  /** How many of a clip's shared frames are blended with those of the clip before; the others are dropped. */
  readonly faded: number
}

/**
 * One clip where the frames fit; longer videos are chained. A network with an input for given frames continues from the last frames of the clip
 * before (cosmos-transfer1, world_generation_pipeline.py), one without makes independent clips. Shared frames are blended linearly, but for a
 * single given one, which is the same in both. A clip that is not full is padded to the next 8 m + 1 frames, not to the full length.
 *
 * @param clipFrames most frames in one go, 8 m + 1; default: the manifest's
 */
export function planVideo(frames: number, seed: number, manifest: BundleManifest, clipFrames = manifest.video.frames): VideoPlan {
  const { conditionMask } = manifest.network
  if (frames <= clipFrames) {
    const clip: ClipPlan = { index: 0, first: 0, last: frames - 1, frames: wholeClip(frames), given: 0, seed }
    return { clips: [clip], overlap: 0, faded: 0 }
  }
  const overlap = Math.min(manifest.defaults.overlap ?? (conditionMask ? 1 : FADE), clipFrames - 8)
  const clips = planClips(frames, clipFrames, seed, overlap).map((clip) => ({
    ...clip,
    frames: wholeClip(clip.last - clip.first + 1),
    given: conditionMask ? clip.given : 0,
    seed: clip.seed % 2 ** 32,
  }))
  return { clips, overlap, faded: conditionMask && overlap === 1 ? 0 : overlap }
}
