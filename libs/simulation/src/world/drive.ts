import { VirgaError } from '@virga/errors'
import type { Scenario } from '@virga/scenario'
import { Random } from '../random.ts'
import { rdsHqRig } from '../rig/rds-hq-rig.ts'
import { furnish, type Furniture } from './furniture.ts'
import { Road } from './road.ts'
import { layStreet, type Street } from './street.ts'
import { frontCamera, scenarioOf } from './to-scenario.ts'
import { type Actor, type EgoMotion, runTraffic } from './traffic.ts'

/** Metres of street behind the ego's start and beyond its last place. */
export const metresBehind = 45
export const metresAhead = 230

export interface DriveOptions {
  /** Non-negative integer below 2^32; the same seed gives the same drive. */
  readonly seed: number
  readonly seconds: number
  /** Camera frames per second, default 24. */
  readonly fps?: number
  /** Camera image size in pixels, default 1280 x 704. */
  readonly width?: number
  readonly height?: number
  /** One pinhole in front (default), or the seven f-theta cameras of RDS-HQ, which see nothing else of the world differently. */
  readonly rig?: RigName
}

export const rigNames = ['front', 'rds-hq'] as const
export type RigName = (typeof rigNames)[number]

/** A generated drive: the scenario that others read, and the world that it was made from, for rendering. */
export interface SimulatedDrive {
  readonly seed: number
  readonly seconds: number
  readonly fps: number
  readonly scenario: Scenario
  readonly road: Road
  readonly street: Street
  readonly furniture: Furniture
  readonly actors: readonly Actor[]
  readonly ego: EgoMotion
  /** Seconds since the start of each camera frame, on whole microseconds. */
  readonly frameTimes: readonly number[]
}

/**
 * Generates a drive along a procedural street. No graphics device is needed.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a seed, duration, rate or size that makes no sense; VIRGA_UNKNOWN_NAME for the rig
 */
export function simulateDrive(options: DriveOptions): SimulatedDrive {
  const { seed, seconds, fps = 24, width = 1280, height = 704, rig = 'front' } = options
  const check = (field: string, value: number, good: boolean, expected: string): void => {
    if (!good) throw new VirgaError('VIRGA_OUT_OF_RANGE', `cannot simulate with ${field} ${value}`, { field, expected })
  }
  check('seed', seed, Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, 'an integer from 0 to 4294967295')
  check('seconds', seconds, seconds > 0 && seconds <= 600, 'more than 0 and at most 600')
  check('fps', fps, fps >= 1 && fps <= 120, '1 to 120')
  check('width', width, Number.isInteger(width) && width >= 16 && width <= 8192, 'an integer from 16 to 8192 pixels')
  check('height', height, Number.isInteger(height) && height >= 16 && height <= 8192, 'an integer from 16 to 8192 pixels')
  if (!rigNames.includes(rig))
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `no rig ${String(rig)}`, { field: 'rig', expected: rigNames.join(', ') })
  const stream = (name: string): Random => new Random(seed, name)
  const reach = metresAhead + 9.5 * seconds
  const road = new Road(stream('road'), -metresBehind - 20, reach + 40)
  const street = layStreet(stream('street'), -metresBehind, reach)
  const { ego, actors } = runTraffic(stream, road, street, seconds)
  const end = ego.sAt(seconds) + metresAhead
  const furniture = furnish(stream, road, street, -metresBehind, end)
  const count = Math.floor(seconds * fps + 1e-9)
  const frameTimes = Array.from({ length: Math.max(1, count) }, (_, i) => Math.round((i * 1e6) / fps) / 1e6)
  const world = { seed, seconds, fps, road, street, furniture, actors, ego, frameTimes }
  return { ...world, scenario: scenarioOf(world, rig === 'front' ? [frontCamera(width, height)] : rdsHqRig(width, height)) }
}
