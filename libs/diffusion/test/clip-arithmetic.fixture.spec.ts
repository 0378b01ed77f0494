import { describe, expect, it } from 'vitest'
import { officialMapFrames, planClips } from '../src/index.ts'
import { hasCase, loadCase, missingCase } from './fixture-cases.ts'

interface Run {
  error?: string | null
  clips?: { first_frame: number; last_frame: number; frames: number; seed: number; given_frames: number }[]
  output_frames?: number
  map_frames_first_last_count_per_clip?: number[][]
}

const name = 'clip_arithmetic'

describe.skipIf(!hasCase(name))(`fixture ${name}`, () => {
  const scalars = hasCase(name) ? loadCase(name).scalars : { runs: {} }
  const runs = Object.entries(scalars.runs as Record<string, Run>)
  const clipLength = scalars.clip_frames as number
  const overlap = scalars.num_input_frames as number
  const framesOf = (key: string): number => Number(/^T(\d+)/.exec(key)?.[1])
  const fails = (run: Run): boolean => typeof run.error === 'string'

  it.each(runs.filter(([, run]) => run.clips !== undefined && !fails(run)))('%s', (key, run) => {
    const firstSeed = run.clips![0].seed
    const plan = planClips(framesOf(key), clipLength, firstSeed, overlap)
    expect(plan.map((clip) => ({ first: clip.first, last: clip.last, frames: clip.frames, seed: clip.seed, given: clip.given }))).toEqual(
      run.clips!.map((clip) => ({
        first: clip.first_frame,
        last: clip.last_frame,
        frames: clip.frames,
        seed: clip.seed,
        given: clip.given_frames,
      })),
    )
    expect(plan.at(-1)!.last + 1).toBe(run.output_frames)
  })

  it.each(runs.filter(([, run]) => run.clips === undefined && !fails(run)))('%s: frames of the map that each clip reads', (key, run) => {
    const slices = officialMapFrames(framesOf(key), clipLength, overlap)
    expect(slices.map((slice) => [slice[0], slice.at(-1), slice.length])).toEqual(run.map_frames_first_last_count_per_clip)
  })

  it.each(runs.filter(([, run]) => fails(run)))('%s is refused, as the official code fails on it', (key, run) => {
    const attempt = (): unknown =>
      run.clips === undefined ? officialMapFrames(framesOf(key), clipLength, overlap) : planClips(framesOf(key), clipLength, 0, overlap)
    expect(attempt).toThrow(expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE' }))
  })
})

if (!hasCase(name)) it.skip(missingCase(name))
