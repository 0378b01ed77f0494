import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { depthPicture, segPicture } from '@virga/conditions'
import { renderCondition, type RenderDevice, renderLabelGeometry } from '@virga/rendering'
import type { LidarSweep, LidarSweepSource, Scenario } from '@virga/scenario'
import { simulatedLidar } from '../lidar/simulated-sweeps.ts'
import { simulateDrive } from '../world/drive.ts'
import { NpyWriter, toFloat16Bytes } from './npy.ts'
import { type ScenePlan, setFps, setHeight, setWidth } from './plan.ts'

/** What is drawn from map, boxes and LiDAR: element type, and values a pixel. */
const arrays = {
  hdmap: ['uint8', 3],
  lidar: ['uint8', 3],
  control_depth: ['uint8', 3],
  control_seg: ['uint8', 3],
  label_depth: ['float16', 1],
  label_seg: ['uint8', 1],
  label_up: ['uint8', 1],
  label_face: ['uint8', 1],
  label_across: ['uint8', 1],
} as const
type ArrayName = keyof typeof arrays
const names = Object.keys(arrays) as ArrayName[]

/** Sweeps that stay in memory: a frame of a condition reads five. */
const sweepsKept = 8

/** Whether a scene has all its conditions. */
export function hasConditions(folder: string): boolean {
  return names.every((name) => existsSync(join(folder, `${name}.npy`)))
}

/**
 * Writes the arrays of a scene's folder that are not there yet, by the library calls that a variant's conditions are drawn with: the
 * simulated LiDAR has 128x1800 rays in clear air, the source's look. Each array is written under a temporary name first.
 */
export async function writeConditions(device: RenderDevice, folder: string, plan: ScenePlan): Promise<void> {
  const missing = names.filter((name) => !existsSync(join(folder, `${name}.npy`)))
  if (missing.length === 0) return
  const drive = simulateDrive({ seed: plan.seed, seconds: (plan.frames + 0.5) / setFps, fps: setFps })
  const { sweeps, lidarBeams, lidars } = simulatedLidar(drive)
  const scenario: Scenario = {
    ...drive.scenario,
    sweeps: keptInMemory(sweeps),
    lidarBeams,
    rig: { ...drive.scenario.rig, lidars },
  }
  const [camera] = scenario.rig.cameras
  const timesUs = drive.frameTimes.slice(0, plan.frames).map((t) => Math.round(t * 1e6))
  const request = { camera, width: setWidth, height: setHeight, timesUs }
  const part = (name: ArrayName): string => join(folder, `${name}.npy.part`)
  const writers = new Map<ArrayName, NpyWriter>()
  for (const name of missing) {
    const [type, values] = arrays[name]
    const shape = [plan.frames, setHeight, setWidth, ...(values === 1 ? [] : [values])] as const
    writers.set(name, await NpyWriter.open(part(name), type, shape))
  }
  const write = async (name: ArrayName, make: () => Uint8Array): Promise<void> => await writers.get(name)?.write(make())
  const hdmap = renderCondition(device, scenario, { ...request, style: 'hdmap-v1' })
  const lidar = renderCondition(device, scenario, { ...request, style: 'lidar-v1' })
  const geometry = renderLabelGeometry(device, scenario, request)
  try {
    // Frame by frame side by side, so that each sweep is cast once.
    for (const image of timesUs.keys()) {
      const map = (await hdmap.next()).value
      const points = (await lidar.next()).value
      const labels = (await geometry.next()).value
      if (map === undefined || points === undefined || labels === undefined) throw new RangeError(`no conditions for frame ${image}`)
      await write('hdmap', () => map.data)
      await write('lidar', () => points.data)
      await write('control_depth', () => depthPicture(labels).data)
      await write('control_seg', () => segPicture(labels).data)
      await write('label_depth', () => toFloat16Bytes(labels.depth))
      await write('label_seg', () => labels.classes)
      await write('label_up', () => labels.up)
      await write('label_face', () => labels.faces)
      await write('label_across', () => labels.across)
    }
  } finally {
    for (const frames of [hdmap, lidar, geometry]) await frames.return(undefined)
    for (const writer of writers.values()) await writer.close()
  }
  for (const name of missing) await rename(part(name), join(folder, `${name}.npy`))
}

/** The sweeps, of which those loaded last are not cast again. */
function keptInMemory(sweeps: readonly LidarSweepSource[]): LidarSweepSource[] {
  const kept = new Map<number, Promise<LidarSweep>>()
  return sweeps.map((source, index) => ({
    timeUs: source.timeUs,
    load: () => {
      const sweep = kept.get(index) ?? source.load()
      kept.delete(index)
      kept.set(index, sweep)
      for (const oldest of kept.keys()) if (kept.size > sweepsKept) kept.delete(oldest)
      return sweep
    },
  }))
}
