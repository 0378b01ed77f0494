import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  buildTrajectory,
  cameraPoseAt,
  composePose,
  invertPose,
  nearestIndex,
  poseAt,
  poseOfSample,
  poseToMat4,
  project,
  type Scenario,
  type Track,
  trackBoxAt,
  transformPoint,
  type Vec3,
} from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openArgoverse2 } from '../src/argoverse2/open-argoverse2.ts'
import { writeRdsHq } from '../src/index.ts'
import { fthetaVector } from '../src/rds-hq/write-intrinsics.ts'
import { writeTar } from '../src/tar/write-tar.ts'
import { checkClip, type CheckedClip, python } from './rds-hq-check.ts'
import { fullScenario, lenses } from './rds-hq-scenario.ts'
import { frame, smallScenario } from './small-scenario.ts'

const data = resolve(import.meta.dirname, '../../..', process.env.VIRGA_DATA ?? '../shared/data')
const realLog = join(data, 'av2_sensor/7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
if (!existsSync(realLog)) console.warn(`skipped: the real log is not at ${realLog} (set VIRGA_DATA)`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-rds-hq-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Expects a clip to hold what the scenario says at the clip's own frames, as an independent reader sees it. */
async function expectClipOf(scenario: Scenario, clip: CheckedClip, startUs: number): Promise<void> {
  const timeOf = (index: number): number => startUs + Math.round((index * 1e6) / 30)
  const world_to_clip = invertPose(poseAt(scenario.ego, startUs))
  const difference = (matrix: number[][], expected: Float64Array): number =>
    Math.max(...matrix.flat().map((value, i) => Math.abs(value - expected[i])))
  let worst = 0
  for (let i = 0; i < clip.frames; i++) {
    const vehicle = composePose(world_to_clip, poseAt(scenario.ego, timeOf(i)))
    worst = Math.max(worst, difference(clip.vehicle_pose[i], poseToMat4(vehicle)))
    for (const camera of scenario.rig.cameras) {
      const expected = composePose(world_to_clip, cameraPoseAt(scenario, camera, timeOf(i)))
      worst = Math.max(worst, difference(clip.pose[camera.name][i], poseToMat4(expected)))
    }
  }
  for (const [index, boxes] of Object.entries(clip.objects ?? {})) {
    const time = timeOf(Number(index))
    // An observation stands for the key frame nearest to it, at most 50 ms away, also before the first and after the last.
    const awayUs = ({ trajectory: { timesUs } }: Track): number => Math.min(...timesUs.map((at) => Math.abs(at - time)))
    const alive = scenario.tracks.filter((track) => trackBoxAt(track, time) !== undefined || awayUs(track) <= 50_000)
    expect(Object.keys(boxes)).toEqual(alive.map(({ id }) => id))
    for (const track of alive) {
      const { object_to_world, object_lwh } = boxes[track.id]
      const box = trackBoxAt(track, time)
      if (box !== undefined) {
        expect(object_lwh).toEqual([...box.size])
        worst = Math.max(worst, difference(object_to_world, poseToMat4(composePose(world_to_clip, box.object_to_world))))
      } else {
        const at = nearestIndex(track.trajectory.timesUs, time)
        const expected = transformPoint(world_to_clip, poseOfSample(track.trajectory, at).translation)
        // 50 ms at motorway speed.
        expect(Math.hypot(...expected.map((value, axis) => value - object_to_world[axis][3]))).toBeLessThan(2)
      }
    }
  }
  const elements = new Map(scenario.map.map((element) => [`${element.kind} ${element.id}`, element]))
  const kinds = { '3d_lanelines': 'lane-line', '3d_lanes': 'lane', '3d_road_boundaries': 'road-boundary', '3d_crosswalks': 'crosswalk' }
  for (const [layer, kind] of Object.entries(kinds)) {
    for (const { id, lines } of clip.map[layer]) {
      const element = elements.get(`${kind} ${id}`)
      if (element === undefined) throw new Error(`${kind} ${id} is not of the scenario`)
      const source =
        element.kind === 'lane'
          ? [element.left, element.right]
          : ['line' in element ? element.line : 'ring' in element ? element.ring : new Float64Array()]
      for (const [i, line] of lines.entries()) {
        expect(line.length * 3).toBe(source[i].length)
        for (const [at, vertex] of line.entries()) {
          const expected = transformPoint(world_to_clip, [source[i][3 * at], source[i][3 * at + 1], source[i][3 * at + 2]])
          worst = Math.max(worst, ...vertex.map((value, axis) => Math.abs(value - expected[axis])))
        }
      }
    }
  }
  expect(worst).toBeLessThan(1e-9)
}

describe.skipIf(python === undefined)('a clip as an independent reader sees it', () => {
  it('keeps every rule of the format and holds the small drive', async () => {
    const dir = join(folder, 'full')
    const scenario = fullScenario()
    const written = await writeRdsHq(scenario, dir)
    const { errors, clip } = checkClip(dir)
    expect(errors).toEqual([])
    await expectClipOf(scenario, clip, scenario.startUs)
    expect(written).toMatchObject({ dir, clip: clip.id, frames: 8, boxes: 6, sweeps: 3 })
    expect(clip.id).toMatch(new RegExp(`_${scenario.startUs}_${scenario.startUs + 266_667}$`))
    expect(Object.fromEntries(Object.entries(clip.map).map(([layer, elements]) => [layer, elements.length]))).toEqual({
      '3d_lanelines': 5,
      '3d_lanes': 2,
      '3d_road_boundaries': 2,
      '3d_wait_lines': 1,
      '3d_crosswalks': 1,
      '3d_road_markings': 1,
      '3d_poles': 1,
      '3d_traffic_lights': 1,
      '3d_traffic_signs': 1,
    })
    // The dashed and solid line reads the other way round in this format.
    expect(clip.map['3d_lanelines'].map(({ id, paint }) => [id, paint])).toEqual([
      ['101:left', [['YELLOW', 'DASHED_SOLID']]],
      ['101:right', [['WHITE', 'SOLID_SINGLE']]],
      [
        'mixed',
        [
          ['WHITE', 'SHORT_DASHED_SINGLE'],
          ['WHITE', 'SOLID_SINGLE'],
        ],
      ],
      ['dashes', [['YELLOW', 'LONG_DASHED_SINGLE']]],
      ['unusual', [['WHITE', 'DASHED_SOLID']]],
    ])
    expect(clip.map['3d_lanes'].map(({ next }) => next)).toEqual([[], ['103', '104']])
    expect(clip.map['3d_poles'].map(({ type }) => type)).toEqual(['LIGHT'])
    expect(Object.values(clip.objects ?? {}).map((boxes) => Object.values(boxes).map((box) => box.object_type))).toEqual([
      ['Automobile'],
      ['Automobile', 'Animal', 'Bus'],
      ['Automobile', 'Bus'],
    ])
    expect(written.notWritten.map(({ detail }) => detail)).toEqual([
      '2 drivable areas; their outline is in the road boundaries where the map has it',
      '1 lane lines that are not painted',
      '1 lane lines "yellow double-dashed", written as YELLOW LONG_DASHED_SINGLE',
      '1 lane lines keep "WHITE DASHED_SOLID", which NVIDIA\'s renderers draw as an unknown type',
      expect.stringMatching(
        /^f-theta vectors fitted to lenses of another kind, at most \S+ px off over the image \(more for what reaches out of it\): ring_front_center, fisheye, rational$/,
      ),
      'pinhole vectors without the distortion of the lens: fisheye, rational',
      'the distortion that was removed from the images: ring_front_center',
      "not near 16:9, which NVIDIA's f-theta renderer asks for: ring_front_center",
      "the source's category words, by number of tracks: REGULAR_VEHICLE -> Automobile (1), DOG -> Animal (1), BUS -> Bus (1)",
      'camera ring_front_center: 30 Hz frames show the image nearest in time, at most 83.4 ms away',
    ])
  })

  it('has the sweeps at their own stamps, where their points are', async () => {
    const { clip } = checkClip(join(folder, 'full'))
    const scenario = fullScenario()
    const world_to_clip = invertPose(poseAt(scenario.ego, scenario.startUs))
    expect(Object.keys(clip.lidar ?? {})).toEqual(['0', '3', '6'])
    for (const [i, sweep] of Object.values(clip.lidar ?? {}).entries()) {
      const { points, points_to_vehicle, timeUs } = await scenario.sweeps[i].load()
      const to_clip = composePose(world_to_clip, composePose(poseAt(scenario.ego, timeUs), points_to_vehicle))
      const n = points.length / 3
      const mean = [0, 0, 0]
      for (let p = 0; p < n; p++)
        transformPoint(to_clip, [points[3 * p], points[3 * p + 1], points[3 * p + 2]]).forEach((v, a) => (mean[a] += v / n))
      sweep.mean.forEach((value, axis) => expect(value).toBeCloseTo(mean[axis], 6))
      expect(sweep).toMatchObject({ points: 50, time: timeUs, intensity: 6125 })
      // 98 microseconds after the turn begins is column 4 of 3600 in a tenth of a second.
      expect(sweep.columns).toEqual([0, 4])
    }
  })

  it.skipIf(!existsSync(realLog))('holds a real Argoverse 2 log', async () => {
    const dir = join(folder, 'real')
    const scenario = await openArgoverse2(realLog)
    const written = await writeRdsHq(scenario, dir, { cameras: ['ring_front_center', 'ring_rear_left'], cameraNames: 'rds-hq' })
    expect(written).toMatchObject({ frames: 479, sweeps: 2 })
    const { errors, clip } = checkClip(dir)
    expect(errors).toEqual([])
    expect(clip.id.startsWith(scenario.id)).toBe(true)
    expect(Object.keys(clip.pinhole)).toEqual(['camera_front_wide_120fov', 'camera_rear_left_70fov'])
    const rig = scenario.rig.cameras.filter(({ name }) => name === 'ring_front_center' || name === 'ring_rear_left')
    const names = Object.keys(clip.pose)
    const cameras = rig.map((camera, i) => ({ ...camera, name: names[i] }))
    await expectClipOf({ ...scenario, rig: { ...scenario.rig, cameras } }, clip, scenario.startUs)
    const types = new Map<string, number>()
    for (const boxes of Object.values(clip.objects ?? {}))
      for (const { object_type: type } of Object.values(boxes)) types.set(type, (types.get(type) ?? 0) + 1)
    expect([...types.keys()].sort()).toEqual(['Automobile', 'Cyclist', 'Heavy_truck', 'Person', 'Protruding_object', 'Stroller', 'Trailer'])
    expect(existsSync(join(dir, 'licence', `${clip.id}.txt`))).toBe(true)
  })

  it('finds faults where there are some', async () => {
    const dir = join(folder, 'faulty')
    const scenario = smallScenario()
    const { clip } = await writeRdsHq(scenario, dir)
    await rm(join(dir, 'vehicle_pose', `${clip}.tar`))
    await writeTar(join(dir, 'vehicle_pose', `${clip}.tar`), [[`${clip}.000000.vehicle_pose.npy`, await readFile(import.meta.filename)]])
    expect(() => checkClip(dir)).toThrow(/allow_pickle/)
    await rm(join(dir, '3d_poles', `${clip}.tar`))
    await rm(join(dir, 'vehicle_pose', `${clip}.tar`))
    const moved = await readFile(join(dir, 'pose', `${clip}.tar`))
    const start = moved.indexOf('\x93NUMPY', 0, 'latin1')
    await writeTar(join(dir, 'vehicle_pose', `${clip}.tar`), [[`${clip}.000000.vehicle_pose.npy`, moved.subarray(start, start + 256)]])
    const { errors } = checkClip(dir)
    expect(errors).toContain('vehicle_pose 0 is not the identity')
    expect(errors).toContain('pose ring_front_center: 8 frames 0..7 of 1')
    expect(errors).toContain('3d_poles: None')
  })
})

describe('cameras', () => {
  it('of the f-theta kind give their stored polynomial; of another lens one that is close over the image', () => {
    const [backward, forward, ...others] = lenses
    expect([...(fthetaVector(backward)?.values ?? [])]).toEqual([
      954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1,
    ])
    expect([...(fthetaVector(forward)?.values ?? [])].slice(-8)).toEqual(
      [1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0, 1.001, 2e-4, -1e-4].slice(-8),
    )
    for (const [i, limit] of [0.2, 0.2].entries()) {
      const fitted = fthetaVector(others[i])
      expect(fitted?.errorPixels).toBeGreaterThan(0)
      expect(fitted?.errorPixels).toBeLessThan(limit)
    }
    // Unequal focal lengths need the linear term.
    expect(fthetaVector(others[0])?.values.length).toBe(14)
    expect(fthetaVector(others[1])?.values.length).toBe(11)
  })

  it('whose error is what an independent evaluation of the vector finds', () => {
    const camera = lenses[3]
    const { values, errorPixels } = fthetaVector(camera) ?? { values: new Float64Array(), errorPixels: NaN }
    let worst = 0
    for (let x = -0.9; x <= 0.9; x += 0.01) {
      for (let y = -0.5; y <= 0.5; y += 0.01) {
        const { u, v } = project(camera.model, [x, y, 1])
        if (u < 0 || v < 0 || u > camera.width || v > camera.height) continue
        const angle = Math.atan(Math.hypot(x, y))
        const radius = [1, 2, 3, 4, 5].reduce((sum, k) => sum + values[4 + k] * angle ** k, 0)
        const scale = radius / (Math.hypot(x, y) || 1)
        worst = Math.max(worst, Math.hypot(values[0] + scale * x - u, values[1] + scale * y - v))
      }
    }
    expect(worst).toBeLessThanOrEqual(errorPixels * 1.02)
    expect(worst).toBeGreaterThan(errorPixels * 0.8)
  })

  it('that a polynomial cannot follow have no f-theta vector', () => {
    const wild = { ...lenses[2], model: { ...lenses[2].model, k: [-0.33, 0, 0, 0] } } as (typeof lenses)[number]
    expect(fthetaVector({ ...wild, width: 1280, height: 720 })).toBeUndefined()
  })
})

describe('objects', () => {
  /** A track along x, boxes every tenth of a second. */
  const track = (id: string, xOf: (seconds: number) => number): Track => {
    const times = Array.from({ length: 41 }, (_, i) => i * 100_000)
    const positions = times.flatMap((t): Vec3 => [xOf(t / 1e6), 0, 0])
    const trajectory = buildTrajectory({ timesUs: times, translations: positions, rotations: times.flatMap(() => [1, 0, 0, 0]) })
    return { id, class: 'car', sourceCategory: 'x', trajectory, sizes: Float64Array.from(times.flatMap(() => [4, 2, 1.5])) }
  }

  it('move when they are faster than 0.2 m/s, seen over a second; one that stands in two places moves throughout', async () => {
    const small = smallScenario()
    const ego = buildTrajectory({ timesUs: [0, 4_000_000], translations: [0, 0, 0, 9, 0, 0], rotations: [1, 0, 0, 0, 1, 0, 0, 0] })
    const scenario: Scenario = {
      ...small,
      ego,
      startUs: 0,
      endUs: 4_000_000,
      sweeps: [],
      images: new Map(),
      tracks: [
        track('parked', (t) => 0.06 * Math.sin(50 * t)),
        track('creeping', (t) => 0.09 * t),
        track('walking', (t) => 1.2 * t),
        track('starting', (t) => Math.max(0, t - 2.5) * 8),
        track('stop-and-go', (t) => Math.min(Math.max(0, t - 1.5), 0.5) * 10),
      ],
    }
    const { clipObjects } = await import('../src/rds-hq/write-objects.ts')
    const { clipWindow } = await import('../src/rds-hq/write-clip-window.ts')
    const { frames } = clipObjects(scenario, clipWindow(scenario))
    const movingOf = (id: string): number[] => frames.flatMap(([index, boxes]) => (boxes[id].object_is_moving ? [index] : []))
    expect(movingOf('parked')).toEqual([])
    expect(movingOf('creeping')).toEqual([])
    expect(movingOf('walking').length).toBe(frames.length)
    expect(movingOf('starting')).toEqual(frames.map(([index]) => index).filter((index) => index > 60))
    expect(movingOf('stop-and-go').length).toBe(frames.length)
  })

  it('need ids of their own', async () => {
    const small = smallScenario()
    const twice = { ...small, tracks: [small.tracks[0], small.tracks[0]] }
    await expect(writeRdsHq(twice, join(folder, 'twice'))).rejects.toThrow(/two tracks have the same id \(record b-car\)/)
  })
})

describe('the place to write to', () => {
  const rootNames = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.startsWith('.'))

  it('takes further clips, replaces one only when told, and nothing else', async () => {
    const dir = join(folder, 'place')
    const first = await writeRdsHq(smallScenario(), dir)
    await expect(writeRdsHq(smallScenario(), dir)).rejects.toThrow(/is there already/)
    const second = await writeRdsHq({ ...smallScenario(), id: 'other' }, dir)
    expect((await readdir(join(dir, 'pose'))).sort()).toEqual([`${first.clip}.tar`, `${second.clip}.tar`].sort())
    const before = await readFile(join(dir, 'vehicle_pose', `${second.clip}.tar`))
    await writeRdsHq({ ...smallScenario(), images: new Map() }, dir, { replace: true })
    // The old clip had a video, the new one has none.
    expect(await readdir(join(dir, 'pinhole_ring_front_center'))).toEqual([`${second.clip}.mp4`])
    expect(await readFile(join(dir, 'vehicle_pose', `${second.clip}.tar`))).toEqual(before)
    await mkdir(join(folder, 'notes'))
    await writeFile(join(folder, 'notes', 'mine.txt'), '')
    await expect(writeRdsHq(smallScenario(), join(folder, 'notes'), { replace: true })).rejects.toMatchObject({
      code: 'VIRGA_CANNOT_WRITE',
    })
    expect(await rootNames()).toEqual([])
  })

  it('gets the same bytes from the same drive', async () => {
    const { clip } = await writeRdsHq(fullScenario(), join(folder, 'again'))
    await writeRdsHq(fullScenario(), join(folder, 'once-more'))
    for (const entry of await readdir(join(folder, 'again'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      expect(entry.name).toContain(clip)
      const file = join(entry.parentPath, entry.name)
      expect(await readFile(file.replace('/again/', '/once-more/'))).toEqual(await readFile(file))
    }
  })

  it('is left as it was when anything fails or is cancelled on the way', async () => {
    const dir = join(folder, 'failing')
    async function* images() {
      yield frame(0)
      throw new Error('the renderer died')
    }
    await expect(writeRdsHq(smallScenario(), dir, { images: { ring_front_center: images() } })).rejects.toThrow('the renderer died')
    async function* few() {
      yield frame(0)
    }
    await expect(writeRdsHq(smallScenario(), dir, { images: { ring_front_center: few() } })).rejects.toThrow(/has 1 images for 8 frames/)
    const stop = new AbortController()
    const cancelled = writeRdsHq(smallScenario(), dir, { signal: stop.signal, onProgress: (part) => part === 'pose' && stop.abort() })
    await expect(cancelled).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
    expect(existsSync(dir)).toBe(false)
    expect(await rootNames()).toEqual([])
  })

  it('and the piece to write are checked', async () => {
    const small = smallScenario()
    const options = [{ startSeconds: 1 }, { seconds: 0 }, { cameras: ['nose'] }, { clip: 'my clip' }]
    const messages = [
      /nothing at 1 s; expected a start from 0 to 0.25 s/,
      /clip of 0 s/,
      /no camera nose; expected one of ring_front/,
      /my clip cannot be/,
    ]
    for (const [i, option] of options.entries()) await expect(writeRdsHq(small, join(folder, 'bad'), option)).rejects.toThrow(messages[i])
    const piece = await writeRdsHq({ ...small, images: new Map() }, join(folder, 'piece'), { startSeconds: 0.1, seconds: 0.1 })
    expect(piece).toMatchObject({ frames: 3, boxes: 3 })
    expect(piece.clip).toMatch(new RegExp(`_${small.startUs + 100_000}_${small.startUs + 200_000}$`))
  })
})
