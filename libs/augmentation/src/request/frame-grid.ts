import { VirgaError } from '@virga/errors'
import type { Micros } from '@virga/scenario'

export interface FrameGrid {
  /** Integer microseconds of each frame. */
  readonly timesUs: readonly Micros[]
  readonly fps: number
  /** How many frames the drive has room for from the grid's start. */
  readonly available: number
}

export interface FrameGridRequest {
  readonly fps: number
  /** Seconds from the drive's first pose; default 0. */
  readonly startSeconds?: number
  /** Frames asked for; default: `preferred` or as many as there are, whichever is less. */
  readonly count?: number
  readonly preferred?: number
}

/**
 * Frame times at a constant rate within a drive: frame i at start + i / fps, rounded to microseconds, none after the drive's end.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE when the start lies outside the drive or more frames are asked for than it has, saying how many
 */
export function frameGrid(drive: { readonly startUs: Micros; readonly endUs: Micros }, request: FrameGridRequest): FrameGrid {
  const { fps, startSeconds = 0, count } = request
  if (!(fps > 0 && fps <= 240))
    throw new VirgaError('VIRGA_USAGE', `${fps} frames per second`, { field: 'fps', expected: 'more than 0, at most 240' })
  const seconds = (drive.endUs - drive.startUs) / 1e6
  if (!(startSeconds >= 0 && startSeconds <= seconds)) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `the drive does not reach ${startSeconds} s`, {
      field: 'start',
      expected: `0 to ${seconds.toFixed(3)} seconds`,
    })
  }
  const startUs = drive.startUs + Math.round(startSeconds * 1e6)
  // One microsecond of grace: the last frame of a drive of exactly n frames rounds up past the end.
  const available = Math.floor(((drive.endUs - startUs + 1) * fps) / 1e6) + 1
  if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
    throw new VirgaError('VIRGA_USAGE', `${count} frames`, { field: 'frames', expected: 'an integer of at least 1' })
  }
  if (count !== undefined && count > available) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `${count} frames are more than the drive has`, {
      field: 'frames',
      expected: `at most ${available} at ${fps} frames per second${startSeconds > 0 ? ` from ${startSeconds} s on` : ''}`,
    })
  }
  const frames = count ?? Math.min(request.preferred ?? available, available)
  const timesUs = Array.from({ length: frames }, (_, i) => Math.min(startUs + Math.round((i * 1e6) / fps), drive.endUs))
  return { timesUs, fps, available }
}
