import { VirgaError } from '@virga/errors'
import type { Pose } from '@virga/scenario'

/** Rows x columns of a spinning LiDAR. */
export const lidarGrids = {
  '128x3600': { rows: 128, columns: 3600 },
  '128x1800': { rows: 128, columns: 1800 },
  '64x1800': { rows: 64, columns: 1800 },
} as const satisfies Record<string, LidarGrid>

export type LidarGridName = keyof typeof lidarGrids

export interface LidarGrid {
  readonly rows: number
  readonly columns: number
}

/** Elevations of the first and last row, radians: those that RDS-HQ states for its 128-beam sensor. */
const topElevation = 0.2522
const bottomElevation = -0.43565

/** Seconds of one turn. */
export const turnSeconds = 0.1

/** On the roof of the ego, which is 4.6 m long with its origin under the rear axle. Upright, so that a column is a vertical half-plane. */
export const lidarMount: Pose = { rotation: [1, 0, 0, 0], translation: [1.1, 0, 2] }

/**
 * The reference target: with reflectivity 0.1, square to the beam, in clear air, it is just seen at 200 m (data sheets of long-range 128-beam
 * sensors state this). No return is reported from beyond `farthest` or from within `nearest`, metres.
 */
export const reference = { reflectivity: 0.1, range: 200 } as const
export const farthest = 200
export const nearest = 1

/** Standard deviation of the range, metres. */
export const rangeNoise = 0.015

/** Directions of the sensor's rows and columns. It turns clockwise, seen from above. */
export interface LidarSensorModel extends LidarGrid {
  /** Radians above the horizontal, top row first, evenly spaced. */
  readonly elevations: Float64Array
  /** Radians from the vehicle's x axis to the left: linspace(pi, -pi, columns). The first and the last column look the same way. */
  readonly azimuths: Float64Array
}

/** @throws VirgaError VIRGA_OUT_OF_RANGE for a grid that no sensor of this kind has */
export function lidarSensor({ rows, columns }: LidarGrid): LidarSensorModel {
  const check = (field: string, value: number, from: number, to: number): void => {
    if (Number.isInteger(value) && value >= from && value <= to) return
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `a LiDAR with ${value} ${field}`, { field, expected: `an integer from ${from} to ${to}` })
  }
  // Rows are counted in a byte.
  check('rows', rows, 2, 256)
  check('columns', columns, 16, 7200)
  return { rows, columns, elevations: linspace(topElevation, bottomElevation, rows), azimuths: linspace(Math.PI, -Math.PI, columns) }
}

function linspace(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
}
