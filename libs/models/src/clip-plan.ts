import { type ClipPlan, planClips, wholeClip } from '@virga/diffusion'
import type { BundleManifest } from './manifest.ts'

/** Frames over which independent clips are faded into each other: two latent frames. */
export const FADE = 9

/** How a video is made of clips. */
export interface VideoPlan {
  readonly clips: readonly ClipPlan[]
  /** Frames that neighbouring clips share. */
  readonly overlap: number
  /** 'given': a clip starts from the last frame of the one before. 'fade': clips are independent and their shared frames are blended. */
  readonly join: 'given' | 'fade'
}

/**
 * One clip where the frames fit; longer videos are chained. A network with an input for given frames continues from the last frame of the clip before
 * (cosmos-transfer1, world_generation_pipeline.py); one without makes independent clips whose shared frames are blended linearly. A clip that is not
 * full is padded to the next 8 m + 1 frames, not to the full length.
 */
export function planVideo(frames: number, seed: number, manifest: BundleManifest): VideoPlan {
  const longest = manifest.video.frames
  const join = manifest.network.conditionMask ? 'given' : 'fade'
  if (frames <= longest) {
    const clip: ClipPlan = { index: 0, first: 0, last: frames - 1, frames: wholeClip(frames), given: 0, seed }
    return { clips: [clip], overlap: 0, join }
  }
  const overlap = join === 'given' ? 1 : Math.min(FADE, longest - 8)
  const clips = planClips(frames, longest, seed, overlap).map((clip) => ({
    ...clip,
    frames: wholeClip(clip.last - clip.first + 1),
    given: join === 'given' ? clip.given : 0,
    seed: clip.seed % 2 ** 32,
  }))
  return { clips, overlap, join }
}
