import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Look, lookName, looks } from '@virga/simulation'

export const workspaceRoot = join(import.meta.dirname, '..', '..', '..')
export const cacheRoot = join(workspaceRoot, '.cache', 'heldout')

/** Seeds of the drives that nothing is ever trained on. */
export const heldOutSeeds = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'seeds.json'), 'utf8')) as readonly number[]

/** Frames that each held-out drive is simulated and kept with; what is measured may be shorter. */
export const driveFrames = 25

/** What camera video is in: a variant of this look is the source itself. */
export const sourceLook: Look = { weather: 'clear', lighting: 'day' }
export const isSource = (look: Look): boolean => lookName(look) === lookName(sourceLook)

/** One drive with the looks that it is asked for in. */
export interface PlannedDrive {
  readonly seed: number
  readonly looks: readonly Look[]
}

/**
 * The first drives, each with `each` looks. Weathers and lights rotate together, so a drive's looks differ in both, and twenty drives have every
 * look equally often: five weathers and four lights have no common factor.
 */
export function planDrives(drives: number, each: number): PlannedDrive[] {
  return heldOutSeeds.slice(0, drives).map((seed, i) => ({ seed, looks: Array.from({ length: each }, (_, k) => lookAt(i + k)) }))
}

/** The n-th look of the rotation: one weather and one light further each time. */
export function lookAt(n: number): Look {
  const weathers = [...new Set(looks.map(({ weather }) => weather))]
  const lightings = [...new Set(looks.map(({ lighting }) => lighting))]
  return { weather: weathers[n % weathers.length], lighting: lightings[n % lightings.length] }
}
