import { VirgaError } from '@virga/errors'
import type { LidarBeams, LidarSensor, LidarSweep, LidarSweepSource } from '@virga/scenario'
import { Random } from '../random.ts'
import type { Weather } from '../weather/looks.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { AirReturns, checkAir, extinction, type LidarAir, lidarAirs } from './air.ts'
import { castTurn } from './cast-turn.ts'
import { measure } from './measure.ts'
import { type LidarGrid, type LidarGridName, lidarGrids, lidarMount, lidarSensor, turnSeconds } from './sensor.ts'
import { reflectivityIn } from './surfaces.ts'
import { staticTriangles } from './triangles.ts'
import { thresholdSignal } from './threshold.ts'

export interface LidarOptions {
  /** Default 128x1800; NVIDIA's sensor has 128x3600. */
  readonly grid?: LidarGridName | LidarGrid
  /** Surfaces and air of this weather, default clear. */
  readonly weather?: Weather
  /** The air, where it shall not be that of the weather. */
  readonly air?: LidarAir
  /** False: the whole turn is measured at its start, so that moving things are not sheared; default true. */
  readonly rolling?: boolean
  /** False: exact distances and no chance in what returns; default true. */
  readonly noise?: boolean
}

/** What a scenario takes of a LiDAR: `{...scenario, sweeps, lidarBeams, rig: {...rig, lidars}}`. */
export interface SimulatedLidar {
  readonly lidars: readonly LidarSensor[]
  readonly lidarBeams: LidarBeams
  readonly sweeps: readonly LidarSweepSource[]
}

/**
 * A spinning LiDAR on the ego's roof, ten turns a second, cast against the same geometry that the pictures show. A sweep is made when it is loaded,
 * the same one in whatever order; no device is needed. Points are in the sensor's frame at the start of the turn (motion-compensated by the
 * ego's path); moving things are seen where they are when the beam passes.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME for the grid, VIRGA_OUT_OF_RANGE for one that no such sensor has or for impossible air
 */
export function simulatedLidar(drive: SimulatedDrive, options: LidarOptions = {}): SimulatedLidar {
  const { weather = 'clear', air = lidarAirs[weather], rolling = true, noise = true } = options
  const sensor = lidarSensor(gridOf(options.grid ?? '128x1800'))
  checkAir(air)
  const alpha = extinction(air)
  const surfaces = reflectivityIn(weather)
  const fromAir = noise ? new AirReturns(air, thresholdSignal) : undefined
  const world = once(() => staticTriangles(drive))
  const sweepSeed = new Random(drive.seed, 'lidar')
  const base = Math.floor(sweepSeed.next() * 2 ** 32)
  const { startUs, endUs } = drive.scenario
  const count = Math.floor((endUs - startUs) / 1e6 / turnSeconds + 1e-9) + 1
  const sweeps = Array.from({ length: count }, (_, index): LidarSweepSource => {
    const timeUs = startUs + Math.round(index * turnSeconds * 1e6)
    const load = async (): Promise<LidarSweep> => {
      const turn = castTurn(drive, world(), sensor, index * turnSeconds, rolling)
      return measure(turn, { sensor, surfaces, alpha, fromAir, noise, seed: (base + Math.imul(index, 0x85ebca6b)) >>> 0, timeUs })
    }
    return { timeUs, load }
  })
  return {
    // As Argoverse 2 calls the one on the roof; RDS-HQ has one without a name.
    lidars: [{ name: 'up_lidar', lidar_to_vehicle: lidarMount }],
    lidarBeams: { rowElevations: sensor.elevations, rowAzimuthOffsets: new Float64Array(sensor.rows) },
    sweeps,
  }
}

/** The sweeps of `simulatedLidar` alone. */
export function simulatedSweeps(drive: SimulatedDrive, options: LidarOptions = {}): readonly LidarSweepSource[] {
  return simulatedLidar(drive, options).sweeps
}

function gridOf(grid: LidarGridName | LidarGrid): LidarGrid {
  if (typeof grid !== 'string') return grid
  if (Object.hasOwn(lidarGrids, grid)) return lidarGrids[grid]
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no LiDAR ${String(grid)}`, { expected: Object.keys(lidarGrids).join(', ') })
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
