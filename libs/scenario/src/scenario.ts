import type { Camera } from './camera/types.ts'
import type { Micros, Pose } from './geometry/types.ts'
import type { RgbImage } from './image.ts'
import type { DrivableArea, MapElement } from './map-element.ts'
import type { Track } from './track.ts'
import type { Trajectory } from './trajectory.ts'

/** Points of one LiDAR spin, in the frame that `points_to_vehicle` names, motion-compensated to `timeUs`. */
export interface LidarSweep {
  readonly timeUs: Micros
  /** 3n metres. */
  readonly points: Float32Array
  readonly points_to_vehicle: Pose
  /** n values 0..255. */
  readonly intensity?: Uint8Array
  /** n laser or row numbers. */
  readonly ring?: Uint8Array
  /** n nanoseconds from the sweep's stamp to the point's own. */
  readonly offsetsNs?: Int32Array
}

/** A sweep that is read when it is asked for, so that a long log stays on disk. */
export interface LidarSweepSource {
  readonly timeUs: Micros
  readonly stampNs?: bigint
  load(): Promise<LidarSweep>
}

/** The frames of one camera, read when asked for. */
export interface CameraFrames {
  readonly timesUs: Float64Array
  readonly stampsNs?: BigInt64Array
  load(index: number): Promise<RgbImage>
  /** The JPEG file of a frame as the source holds it, where it does: what a writer passes on without coding it again. */
  loadJpeg?(index: number): Promise<Uint8Array>
}

/** Ground height on a grid: the cell of a world point is floor(scale * (R (x, y) + t)) = (column, row). */
export interface GroundHeight {
  readonly columns: number
  readonly rows: number
  /** rows * columns world z in metres, row-major; NaN where unknown. */
  readonly heights: Float32Array
  /** Cells per metre. */
  readonly scale: number
  /** Row-major 2x2 R. */
  readonly rotation: readonly [number, number, number, number]
  /** t in metres. */
  readonly translation: readonly [number, number]
}

export interface LidarSensor {
  readonly name: string
  readonly lidar_to_vehicle: Pose
}

/** Directions of a spinning LiDAR's rows, radians: elevation above the sensor's x-y plane, and azimuth offset of each row's returns. */
export interface LidarBeams {
  readonly rowElevations: Float64Array
  readonly rowAzimuthOffsets: Float64Array
}

export interface Rig {
  readonly cameras: readonly Camera[]
  readonly lidars: readonly LidarSensor[]
}

/** A part that the format knows and this log does not have, or has in part; `inspect` reports it. */
export interface MissingPart {
  readonly part: 'calibration' | 'images' | 'sweeps' | 'map' | 'tracks' | 'licence' | 'other'
  readonly detail: string
}

export interface ScenarioOrigin {
  readonly format: 'argoverse2' | 'rds-hq' | 'simulation'
  /** Folder or URI that it was read from. */
  readonly uri: string
  /** Licence text or name that the source states, if it states one. */
  readonly licence?: string
  /** City or map region as the source names it. */
  readonly region?: string
}

/**
 * One drive. World and vehicle frames FLU metres (x forward, y left, z up), cameras RDF, time in integer microseconds.
 * The world frame is the source's own (city frame, clip start): it can be kilometres from the origin, so keep float64 until a
 * local origin is subtracted.
 */
export interface Scenario {
  readonly id: string
  readonly origin: ScenarioOrigin
  /** First and last moment that the ego poses cover. */
  readonly startUs: Micros
  readonly endUs: Micros
  readonly rig: Rig
  /** vehicle_to_world */
  readonly ego: Trajectory
  readonly map: readonly MapElement[]
  /** The road surface, where the source has it; neighbouring areas may share edges. */
  readonly drivableAreas?: readonly DrivableArea[]
  /** Reads the ground height, where the source has it. */
  readonly loadGroundHeight?: () => Promise<GroundHeight>
  readonly tracks: readonly Track[]
  /** The sensor's rows, where the source states them; `ring` of a sweep counts them. */
  readonly lidarBeams?: LidarBeams
  /** In time order. */
  readonly sweeps: readonly LidarSweepSource[]
  /** Keyed by camera name; only cameras that have images. */
  readonly images: ReadonlyMap<string, CameraFrames>
  /** What the source says about the scene in words, by name of the wording ('Original', 'Night', ...). */
  readonly captions?: Readonly<Record<string, string>>
  /** Reads the mask of the own vehicle in a camera's image (above 0 = vehicle), where the source has one; keyed by camera name. */
  readonly vehicleMasks?: ReadonlyMap<string, () => Promise<RgbImage>>
  readonly missing: readonly MissingPart[]
}
