import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  buildTrajectory,
  composePose,
  type LinePattern,
  type MapElement,
  mat4ToPose,
  type Pose,
  poseOfSample,
  type Scenario,
  type Track,
  type Trajectory,
} from '@virga/scenario'
import { readMap } from '../test/upstream/read-frame.ts'
import { tarMembers } from '../test/upstream/tar.ts'
import { benchScenario, randomSource } from './scenario.ts'

const data = process.env.VIRGA_DATA ?? resolve(import.meta.dirname, '../../../../shared/data')
const clip = join(data, 'rds_hq', 'example')

/** Paint of the lines in about the shares that the clip has. */
const patterns: readonly LinePattern[] = ['long-dashed', 'solid', 'long-dashed', 'solid', 'double-solid', 'long-dashed', 'short-dashed']

/**
 * The public RDS-HQ clip (map and vehicle poses) with made-up boxes and sweeps, which it does not come with; the wholly made-up drive where it
 * is not there.
 */
export function benchDrive(pointsPerSweep: number): { readonly name: string; readonly scenario: Scenario } {
  const madeUp = benchScenario({ pointsPerSweep })
  if (!existsSync(join(clip, 'vehicle_pose'))) return { name: 'made-up drive', scenario: madeUp }
  const ego = readVehiclePoses()
  const map = readMap(clip).map((element, i): MapElement =>
    element.kind === 'lane-line' ? { ...element, pattern: patterns[i % patterns.length] } : element,
  )
  const endUs = ego.timesUs[ego.timesUs.length - 1]
  return { name: 'RDS-HQ clip, boxes made up', scenario: { ...madeUp, map, ego, endUs, tracks: tracksAlong(ego) } }
}

/** vehicle_to_world at 30 Hz: .npy files of version 1 with 16 float32 behind a header that says its own length. */
function readVehiclePoses(): Trajectory {
  const folder = join(clip, 'vehicle_pose')
  const poses = [...tarMembers(join(folder, readdirSync(folder)[0]))].map(({ data: npy }): Pose => {
    const at = 10 + npy.readUInt16LE(8)
    return mat4ToPose(Array.from({ length: 16 }, (_, i) => npy.readFloatLE(at + 4 * i)))
  })
  return buildTrajectory({
    timesUs: poses.map((_, i) => Math.round((i * 1e6) / 30)),
    translations: poses.flatMap(({ translation }) => [...translation]),
    rotations: poses.flatMap(({ rotation }) => [...rotation]),
  })
}

/** Thirty objects on lanes beside the vehicle's path, at 10 Hz. */
function tracksAlong(ego: Trajectory): Track[] {
  const random = randomSource(7)
  return Array.from({ length: 30 }, (_, i): Track => {
    const kind = (['car', 'car', 'car', 'truck', 'pedestrian', 'rider', 'other'] as const)[i % 7]
    const size = kind === 'truck' ? [9, 2.6, 3.2] : kind === 'car' ? [4.5, 1.9, 1.6] : [0.8, 0.7, 1.8]
    const side = 3.6 * Math.floor(-3 + 7 * random()) + (i % 7 > 3 ? 1.8 : 0)
    const [start, speed] = [-30 + 110 * random(), -4 + 8 * random()]
    const poses = Array.from({ length: 100 }, (_unused, k): Pose => {
      const vehicle = poseOfSample(ego, Math.min(k * 3, ego.timesUs.length - 1))
      return composePose(vehicle, { rotation: [1, 0, 0, 0], translation: [start + (speed * k) / 10, side, size[2] / 2] })
    })
    const trajectory = buildTrajectory({
      timesUs: poses.map((_pose, k) => k * 100_000),
      translations: poses.flatMap(({ translation }) => [...translation]),
      rotations: poses.flatMap(({ rotation }) => [...rotation]),
    })
    const sizes = Float64Array.from({ length: 300 }, (_unused, k) => size[k % 3])
    return { id: `track-${i}`, class: kind, sourceCategory: kind, trajectory, sizes, moving: new Uint8Array(100).fill(1), holdUs: 66_667 }
  })
}
