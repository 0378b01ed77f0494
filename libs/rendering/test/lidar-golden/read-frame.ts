import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  buildTrajectory,
  type Camera,
  fthetaFromIntrinsics,
  identityPose,
  type LidarSweepSource,
  mat4ToPose,
  scaleCamera,
  type Scenario,
  type Track,
} from '@virga/scenario'
import { z } from 'zod'

const candidates = [
  process.env.VIRGA_PYTHON,
  resolve(import.meta.dirname, '../../../../apps/world-model/.venv/bin/python'),
  'python3',
  'python',
]

/** A Python with numpy, which the fixture's generator needs. */
export const python = candidates
  .filter((name) => name !== undefined)
  .find((name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0)

const matrix = z.array(z.array(z.number()))
const frameSchema = z.object({
  camera: z.string(),
  frame_index: z.number(),
  camera_to_world: matrix,
  ftheta_intrinsic_stored: z.object({ values: z.array(z.number()) }),
  lidar: z.object({ sweeps_used: z.array(z.number()) }),
  objects_used: z.object({
    tracks: z.record(z.string(), z.object({ object_to_world: matrix, object_lwh: z.array(z.number()), object_is_moving: z.boolean() })),
  }),
})
const box = z.object({ pose: z.array(z.number()), lwh: z.array(z.number()), moving: z.boolean() })
const sweepsSchema = z.record(z.string(), z.object({ lidar_to_world: z.array(z.number()), boxes: z.record(z.string(), box) }))

const timeOf = (frame: number): number => Math.round((frame * 1e6) / 30)

export interface ReferenceSweeps {
  readonly scenario: Scenario
  /** Scaled to 1280x720. */
  readonly camera: Camera
  readonly timeUs: number
  /** Pictures of the reference before and after its resize to 1280x704. */
  readonly drawn: string
  readonly resized: string
}

/**
 * The scenario of one lidar-v1 reference frame: the sweeps that the reference used, made again by the fixture's generator, with the boxes at
 * their times and at the frame's own; the world is the ego frame, so that poses are the camera's and the sensor's.
 */
export function readReferenceSweeps(interpreter: string, fixtures: string, data: string, name: string): ReferenceSweeps {
  const folder = join(fixtures, 'upstream-renderer')
  const frame = frameSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
  const out = mkdtempSync(join(tmpdir(), 'virga-sweeps-'))
  try {
    const used = frame.lidar.sweeps_used
    const program = join(import.meta.dirname, 'sweeps.py')
    execFileSync(interpreter, [program, folder, join(data, 'rds_hq'), out, ...used.map(String)], { stdio: ['ignore', 'ignore', 'pipe'] })
    const described = sweepsSchema.parse(JSON.parse(readFileSync(join(out, 'sweeps.json'), 'utf8')))
    const sweeps = used.map((index): LidarSweepSource => {
      const bytes = readFileSync(join(out, `${index}.f32`))
      const points = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      const timeUs = timeOf(index)
      return { timeUs, load: () => Promise.resolve({ timeUs, points, points_to_vehicle: mat4ToPose(described[index].lidar_to_world) }) }
    })
    const boxes = Object.entries(described).map(([index, sweep]) => [Number(index), sweep.boxes] as const)
    const now = Object.entries(frame.objects_used.tracks).map(
      ([id, { object_to_world, object_lwh, object_is_moving }]) =>
        [id, { pose: object_to_world.flat(), lwh: object_lwh, moving: object_is_moving }] as const,
    )
    const { values } = frame.ftheta_intrinsic_stored
    const camera_to_vehicle = mat4ToPose(frame.camera_to_world.flat())
    return {
      scenario: scenarioOf(sweeps, tracksOf([...boxes, [frame.frame_index, Object.fromEntries(now)]])),
      camera: scaleCamera({ name: frame.camera, ...fthetaFromIntrinsics(values), camera_to_vehicle }, 1280, 720),
      timeUs: timeOf(frame.frame_index),
      drawn: join(folder, `${name}_drawn.png`),
      resized: join(folder, `${name}.png`),
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function tracksOf(frames: readonly (readonly [number, Readonly<Record<string, z.infer<typeof box>>>])[]): Track[] {
  const inOrder = [...frames].sort(([a], [b]) => a - b)
  return [...new Set(inOrder.flatMap(([, boxes]) => Object.keys(boxes)))].sort().map((id): Track => {
    const seen = inOrder.flatMap(([frame, boxes]) => (id in boxes ? [{ ...boxes[id], frame }] : []))
    const poses = seen.map(({ pose }) => mat4ToPose(pose))
    return {
      id,
      class: 'other',
      sourceCategory: '',
      trajectory: buildTrajectory({
        timesUs: seen.map(({ frame }) => timeOf(frame)),
        translations: poses.flatMap(({ translation }) => translation),
        rotations: poses.flatMap(({ rotation }) => rotation),
      }),
      sizes: Float64Array.from(seen.flatMap(({ lwh }) => lwh)),
      moving: Uint8Array.from(seen, ({ moving }) => Number(moving)),
    }
  })
}

function scenarioOf(sweeps: readonly LidarSweepSource[], tracks: readonly Track[]): Scenario {
  const endUs = 10_000_000
  const { translation, rotation } = identityPose
  return {
    id: 'reference frame',
    origin: { format: 'rds-hq', uri: 'fixture' },
    startUs: 0,
    endUs,
    rig: { cameras: [], lidars: [] },
    ego: buildTrajectory({ timesUs: [0, endUs], translations: [...translation, ...translation], rotations: [...rotation, ...rotation] }),
    map: [],
    tracks,
    sweeps,
    images: new Map(),
    missing: [],
  }
}
