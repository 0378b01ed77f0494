import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cameraPoseAt, composePose, poseAt, poseToMat4, type Scenario, scaleCamera, trackBoxAt } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../src/index.ts'

/**
 * Boxes, poses and intrinsics as NVIDIA's renderer had them when it drew the frames of the fixture, against what the reader makes of the same
 * clip. The clip is VIRGA_CLIP, or is made by the fixture's script (with few LiDAR points) where VIRGA_PYTHON or python3 has numpy.
 */
const shared = resolve(import.meta.dirname, '../../../../shared')
const fixture = join(process.env.VIRGA_FIXTURES ?? join(shared, 'fixtures'), 'upstream-renderer')
const data = join(process.env.VIRGA_DATA ?? join(shared, 'data'), 'rds_hq')
const python = process.env.VIRGA_PYTHON ?? 'python3'
const given = process.env.VIRGA_CLIP
const canMake = existsSync(data) && spawnSync(python, ['-c', 'import numpy']).status === 0
const present = existsSync(fixture) && (given !== undefined || canMake)

interface Frame {
  readonly camera: string
  readonly frame_index: number
  readonly camera_to_world: number[][]
  readonly vehicle_to_world: number[][]
  readonly camera_model_used: {
    width: number
    height: number
    center: number[]
    bw_poly_pixel_to_angle: number[]
    fw_poly_angle_to_pixel: number[]
  }
  readonly objects_used: {
    tracks: Record<string, { object_to_world: number[][]; object_lwh: number[]; object_is_moving: boolean; object_type: string }>
  }
}
const frames = [
  'hdmap_camera_front_wide_120fov_000000',
  'hdmap_camera_cross_left_120fov_000050',
  'hdmap_camera_front_wide_120fov_000100',
  'lidar_camera_front_wide_120fov_000100',
]

const largest = (a: ArrayLike<number>, b: readonly number[]): number => Math.max(...b.map((value, i) => Math.abs(value - a[i])))

const why = 'needs VIRGA_FIXTURES, and VIRGA_CLIP or a Python with numpy (VIRGA_PYTHON)'
describe.skipIf(!present)(`a clip as NVIDIA's renderer reads it (${why})`, () => {
  let made: string | undefined
  let scenario: Scenario
  beforeAll(async () => {
    if (given === undefined) {
      made = mkdtempSync(join(tmpdir(), 'virga-clip-'))
      const script = spawnSync(python, [join(fixture, 'make_clip.py'), '--src', data, '--out', made, '--points', '100'], {
        encoding: 'utf8',
      })
      if (script.status !== 0) throw new Error(script.stderr)
    }
    scenario = await openLog(given ?? made ?? '')
  })
  afterAll(() => {
    if (made !== undefined) rmSync(made, { recursive: true })
  })

  it.each(frames)('%s: the same boxes, poses and intrinsics', (name) => {
    const frame = JSON.parse(readFileSync(join(fixture, `${name}.json`), 'utf8')) as Frame
    const timeUs = scenario.startUs + Math.round((frame.frame_index * 1e6) / 30)
    const camera = scenario.rig.cameras.find((one) => one.name === frame.camera)
    if (camera === undefined) throw new Error('no camera')
    expect(largest(poseToMat4(cameraPoseAt(scenario, camera, timeUs)), frame.camera_to_world.flat())).toBeLessThan(1e-6)
    expect(largest(poseToMat4(poseAt(scenario.ego, timeUs)), frame.vehicle_to_world.flat())).toBeLessThan(1e-6)

    const boxes = new Map(
      scenario.tracks.flatMap((track) => {
        const box = trackBoxAt(track, timeUs)
        return box === undefined ? [] : [[track.id, { ...box, type: track.sourceCategory }] as const]
      }),
    )
    const theirs = Object.entries(frame.objects_used.tracks)
    expect([...boxes.keys()]).toEqual(theirs.map(([id]) => id).sort())
    // Times are whole microseconds, so between key frames a box is up to 0.34 us from the third that upstream takes: 5 um at 15 m/s.
    const tolerance = frame.frame_index % 3 === 0 ? 1e-6 : 6e-6
    for (const [id, their] of theirs) {
      const box = boxes.get(id)
      if (box === undefined) throw new Error(id)
      expect(largest(poseToMat4(box.object_to_world), their.object_to_world.flat()), id).toBeLessThan(tolerance)
      expect(largest(box.size, their.object_lwh), id).toBeLessThan(1e-9)
      expect(box.moving, id).toBe(their.object_is_moving)
      // In HD-map frames the types are those after the class map, in LiDAR frames the file's own.
      if (name.startsWith('lidar')) expect(box.type, id).toBe(their.object_type)
    }

    const used = frame.camera_model_used
    const { model, width, height } = scaleCamera(camera, used.width, used.height)
    expect([width, height]).toEqual([1280, 720])
    if (model.kind !== 'ftheta') throw new Error(model.kind)
    // Upstream keeps float32, and fits the other direction by another solver: its curve is compared, in pixels.
    expect(largest([model.cx, model.cy], used.center)).toBeLessThan(1e-4)
    const value = (polynomial: readonly number[], x: number): number => polynomial.reduceRight((sum, p) => sum * x + p, 0)
    for (let i = 0; i <= 100; i++) {
      const angle = (model.maxAngle * i) / 100
      expect(Math.abs(value(model.angleToPixel, angle) - value(used.fw_poly_angle_to_pixel, angle))).toBeLessThan(1e-3)
    }
  })

  it('gives sweeps whose lidar_to_world is that of the file', async () => {
    expect(scenario.sweeps).toHaveLength(100)
    const sweep = await scenario.sweeps[33].load()
    // The script puts the sensor at (1.1, 0, 1.9) on the vehicle, unturned.
    const { translation, rotation } = sweep.points_to_vehicle
    expect(largest(translation, [1.1, 0, 1.9])).toBeLessThan(1e-5)
    expect(largest(rotation, [1, 0, 0, 0])).toBeLessThan(1e-6)
    const toWorld = composePose(poseAt(scenario.ego, sweep.timeUs), sweep.points_to_vehicle)
    expect(Math.hypot(...toWorld.translation)).toBeGreaterThan(30)
    expect(sweep.points.length).toBe(3 * (sweep.ring?.length ?? 0))
    expect(sweep.timeUs).toBe(scenario.startUs + 3_300_000)
  })
})
