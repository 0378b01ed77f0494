import {
  buildTrajectory,
  type Camera,
  type CameraModel,
  type LidarSweepSource,
  type MapElement,
  mat4ToPose,
  type ObjectClass,
  type RgbImage,
  type Scenario,
  type Track,
} from '@virga/scenario'
import { renderCondition, type ConditionRequest, type RenderDevice } from '../src/index.ts'

/** Camera axes RDF in a vehicle FLU: looking forward from its origin. */
export const forward = mat4ToPose([0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1])

/** A pinhole of 90 degrees width, 200x120. */
export const pinhole: CameraModel = { kind: 'pinhole', fx: 100, fy: 100, cx: 100, cy: 60 }

export function cameraOf(model: CameraModel, width = 200, height = 120): Camera {
  return { name: 'front', model, width, height, camera_to_vehicle: forward }
}

/** The world is city-like: tens of kilometres from its origin. */
export const city = [52_000, 24_000, 67] as const

/** A parked vehicle at `city`, seen for one second. Map and track coordinates are relative to it. */
export function scenarioOf(parts: {
  map?: readonly MapElement[]
  tracks?: readonly Track[]
  sweeps?: readonly LidarSweepSource[]
}): Scenario {
  return {
    id: 'test',
    origin: { format: 'simulation', uri: 'test' },
    startUs: 0,
    endUs: 1_000_000,
    rig: { cameras: [], lidars: [] },
    ego: buildTrajectory({ timesUs: [0, 1_000_000], translations: [...city, ...city], rotations: [1, 0, 0, 0, 1, 0, 0, 0] }),
    map: parts.map ?? [],
    tracks: parts.tracks ?? [],
    sweeps: parts.sweeps ?? [],
    images: new Map(),
    missing: [],
  }
}

/** 3n metres relative to the vehicle, in the world. */
export function inCity(...points: number[]): Float64Array {
  return Float64Array.from(points, (value, i) => value + city[i % 3])
}

/** A box that goes from one place to another within the second. */
export function trackOf(id: string, kind: ObjectClass, from: readonly number[], to: readonly number[], size: readonly number[]): Track {
  const translations = inCity(...from, ...to)
  const trajectory = buildTrajectory({ timesUs: [0, 500_000], translations, rotations: [1, 0, 0, 0, 1, 0, 0, 0] })
  return { id, class: kind, sourceCategory: kind, trajectory, sizes: Float64Array.from([...size, ...size]) }
}

export async function draw(
  device: RenderDevice,
  scenario: Scenario,
  camera: Camera,
  style: ConditionRequest['style'],
  timesUs: readonly number[] = [0],
): Promise<RgbImage[]> {
  const frames: RgbImage[] = []
  const request = { camera, style, width: camera.width, height: camera.height, timesUs }
  for await (const frame of renderCondition(device, scenario, request)) frames.push(frame)
  return frames
}

export function pixel({ width, data }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

/** Deterministic numbers in -1..1 (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2_147_483_648 - 1
  }
}
