import {
  buildTrajectory,
  type Camera,
  type LidarSweepSource,
  type MapElement,
  type Micros,
  quatFromRollPitchYaw,
  type Scenario,
  type Track,
} from '@virga/scenario'

/** First moment of every drive of the corpus, microseconds. */
export const startUs = 1_000_000

/** The moment of a frame, counted at 30 Hz as RDS-HQ counts. */
export const timeOf = (frame: number): Micros => startUs + Math.round((frame * 1e6) / 30)

export interface Drive {
  readonly name: string
  /** Number of frames at 30 Hz, one more than a multiple of three. */
  readonly frames: number
  /** Metres per second, and radians per second to the left. */
  readonly speed?: number
  readonly yawRate?: number
  /** Radians of pitch and roll at the fullest of a slow sway. */
  readonly sway?: number
  readonly cameras: readonly Camera[]
  readonly map?: readonly MapElement[]
  readonly tracks?: readonly Track[]
  readonly sweeps?: readonly LidarSweepSource[]
}

/** A drive on a circle or a straight, level but for its sway; the world is the vehicle's frame at its start. */
export function drive({ name, frames, speed = 8, yawRate = 0, sway = 0, cameras, map = [], tracks = [], sweeps = [] }: Drive): Scenario {
  const poses = Array.from({ length: frames }, (_, frame) => {
    const t = frame / 30
    const yaw = yawRate * t
    const [x, y] = yawRate === 0 ? [speed * t, 0] : [(speed / yawRate) * Math.sin(yaw), (speed / yawRate) * (1 - Math.cos(yaw))]
    const lean = sway * Math.sin(2 * t)
    return { translation: [x, y, 0], rotation: quatFromRollPitchYaw(lean, 0.7 * lean, yaw) }
  })
  return {
    id: name,
    origin: { format: 'simulation', uri: `conformance:${name}` },
    startUs,
    endUs: timeOf(frames - 1),
    rig: { cameras, lidars: [] },
    ego: buildTrajectory({
      timesUs: poses.map((_, frame) => timeOf(frame)),
      translations: poses.flatMap(({ translation }) => translation),
      rotations: poses.flatMap(({ rotation }) => rotation),
    }),
    map,
    tracks,
    sweeps,
    images: new Map(),
    missing: [],
  }
}
