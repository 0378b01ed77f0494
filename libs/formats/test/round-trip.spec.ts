import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  composePose,
  type FthetaModel,
  inspectScenario,
  invertPose,
  type Pose,
  type Scenario,
  trackBoxAt,
  transformPoints,
} from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog, recogniseFormat, writeArgoverse2 } from '../src/index.ts'
import { expectSameScenario } from './same-scenario.ts'
import { frame, smallScenario } from './small-scenario.ts'

const data = resolve(import.meta.dirname, '../../..', process.env.VIRGA_DATA ?? '../shared/data')
const realLog = join(data, 'av2_sensor/7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
const hasData = existsSync(realLog)
if (!hasData) console.warn(`skipped: the real log is not at ${realLog} (set VIRGA_DATA)`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-formats-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a small log', () => {
  it('comes back as it was written, and again from what was read', async () => {
    const first = join(folder, 'first')
    const second = join(folder, 'second')
    expect(await writeArgoverse2(smallScenario(), first)).toEqual({ dir: first, notWritten: [] })
    const read = await openLog(first)
    await expectSameScenario(read, smallScenario())
    expect(read.missing).toEqual([])
    await writeArgoverse2(read, second)
    await expectSameScenario(await openLog(second), read)
  })

  it('is summarised without loading anything', async () => {
    const summary = inspectScenario(await openLog(join(folder, 'first')))
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
    expect(summary).toMatchObject({
      id: 'small-log',
      format: 'argoverse2',
      licence: 'Apache-2.0',
      egoPoses: 7,
      frames: { images: 2, sweeps: 3, labelled: 3 },
      cameras: [{ name: 'ring_front_center', model: 'pinhole', width: 48, height: 64, images: { count: 2 } }],
      lidars: ['up_lidar', 'down_lidar'],
      map: { 'lane-line': 3, lane: 2, crosswalk: 1, 'road-boundary': 2, 'drivable-area': 2 },
      laneLines: { 'yellow solid-dashed': 1, 'white solid': 1, 'other none': 1 },
      tracks: {
        total: 3,
        boxes: 6,
        byClass: { car: { tracks: 1, boxes: 3 }, animal: { tracks: 1, boxes: 1 }, bus: { tracks: 1, boxes: 2 } },
      },
      missing: [],
    })
    expect(summary.durationSeconds).toBeCloseTo(0.25, 6)
    expect(summary.sweeps?.hertz).toBeCloseTo(2 / 0.199632, 4)
  })

  it('has its images: encoded well, then passed on byte by byte', async () => {
    const read = await openLog(join(folder, 'first'))
    const frames = read.images.get('ring_front_center')
    if (frames === undefined) throw new Error('no images')
    for (const index of [0, 1]) {
      const [got, sent] = [await frames.load(index), frame(index)]
      expect([got.width, got.height]).toEqual([48, 64])
      expect(Math.max(...got.data.map((value, i) => Math.abs(value - sent.data[i])))).toBeLessThanOrEqual(6)
    }
    const again = (await openLog(join(folder, 'second'))).images.get('ring_front_center')
    expect(await again?.loadJpeg?.(1)).toEqual(await frames.loadJpeg?.(1))
    await expect(frames.load(2)).rejects.toThrow(/no frame 2; expected 0 to 1/)
  })

  it('takes frames from a stream instead, and gives each its pose', async () => {
    const stamps = [315_966_253_660_357_001n, 315_966_253_760_553_000n]
    async function* images() {
      for (const [index, stampNs] of stamps.entries()) yield { stampNs, image: frame(index) }
    }
    const dir = join(folder, 'streamed')
    await writeArgoverse2(smallScenario(), dir, { images: { ring_front_center: images() } })
    const read = await openLog(dir)
    expect(read.images.get('ring_front_center')?.stampsNs).toEqual(BigInt64Array.from(stamps))
    expect(read.ego.stampsNs).toContain(stamps[0])
    expect(read.ego.timesUs.length).toBe(smallScenario().ego.timesUs.length + 1)
  })

  it('makes ids, marks, areas and edges for a scenario that was not read from a log', async () => {
    const { drivableAreas: _areas, origin, ...scenario } = smallScenario()
    const { region: _region, licence: _licence, ...rest } = origin
    const simulated: Scenario = {
      ...scenario,
      origin: { ...rest, format: 'simulation' },
      map: [
        { kind: 'lane-line', id: 'dots', line: Float64Array.of(0, 0, 0, 9, 0, 0), colour: 'white', pattern: 'dotted' },
        { kind: 'lane-line', id: 'alone', line: Float64Array.of(0, 0, 0, 9, 0, 0), colour: 'white', pattern: 'solid' },
        { kind: 'pole', id: 'p', line: Float64Array.of(1, 2, 0, 1, 2, 3) },
        { kind: 'crosswalk', id: 'zebra', ring: Float64Array.of(0, 0, 0, 3, 0, 0, 3, 8, 0, 0, 8, 0) },
        {
          kind: 'crosswalk',
          id: 'over the crown',
          ring: Float64Array.of(0, 0, 0, 0, 4, 0.2, 0, 8, 0, 3, 8, 0, 3, 4, 0.2, 3, 0, 0),
          edges: [Float64Array.of(0, 0, 0, 0, 4, 0.2, 0, 8, 0), Float64Array.of(3, 0, 0, 3, 4, 0.02, 3, 8, 0)],
        },
        {
          ...(scenario.map[3] as Extract<Scenario['map'][number], { kind: 'lane' }>),
          id: 'lane-a',
          leftLine: 'dots',
          successors: ['lane-b', 'gone'],
        },
        { ...(scenario.map[4] as Extract<Scenario['map'][number], { kind: 'lane' }>), id: 'lane-b', leftLine: undefined },
      ],
      sweeps: [],
      rig: {
        ...scenario.rig,
        lidars: [],
        cameras: [...scenario.rig.cameras, { ...scenario.rig.cameras[0], name: 'wide', model: { kind: 'ftheta' } as FthetaModel }],
      },
    }
    const dir = join(folder, 'simulated')
    const { notWritten } = await writeArgoverse2(simulated, dir)
    expect(notWritten.map((part) => part.detail)).toEqual([
      'camera wide and its images: ftheta is no pinhole',
      '1 pole elements',
      '1 crossings whose edges bend by more than 5 cm, written from end to end',
      '1 lane lines that no lane names',
      '1 lane lines whose paint is written as the nearest mark type',
    ])
    const read = await openLog(dir)
    const lanes = read.map.filter((element) => element.kind === 'lane')
    expect(lanes.map((lane) => [lane.id, lane.successors])).toEqual([
      ['1', ['2']],
      ['2', ['103', '104']],
    ])
    expect(read.map.filter((element) => element.kind === 'lane-line').map((line) => line.pattern)).toContain('long-dashed')
    const [crossing, bent] = read.map.filter((element) => element.kind === 'crosswalk')
    expect(bent.edges?.map((edge) => [...edge])).toEqual([
      [0, 0, 0, 0, 8, 0],
      [3, 0, 0, 3, 8, 0],
    ])
    // People walk along the long sides.
    expect(crossing.edges?.map((edge) => Math.abs(edge[4] - edge[1]))).toEqual([8, 8])
    expect(read.drivableAreas?.length).toBe(2)
    expect(read.origin).toMatchObject({ format: 'argoverse2', region: 'VRG_city_0' })
    expect(read.missing.map((part) => part.part).sort()).toEqual(['licence', 'sweeps'])
  })
})

describe('the place to write to', () => {
  it('is refused when it holds something, replaced when it holds a log and that is asked for', async () => {
    const dir = join(folder, 'place')
    await mkdir(dir)
    await writeFile(join(dir, 'notes.txt'), 'mine')
    await expect(writeArgoverse2(smallScenario(), dir)).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    await expect(writeArgoverse2(smallScenario(), dir, { replace: true })).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    expect(await readdir(dir)).toEqual(['notes.txt'])
    await writeArgoverse2(smallScenario(), join(folder, 'twice'))
    await expect(writeArgoverse2(smallScenario(), join(folder, 'twice'))).rejects.toThrow(/not empty/)
    await writeArgoverse2({ ...smallScenario(), id: 'other' }, join(folder, 'twice'), { replace: true })
    expect((await openLog(join(folder, 'twice'))).id).toBe('other')
  })

  it('is left as it was when anything fails on the way', async () => {
    const dir = join(folder, 'failing')
    async function* images() {
      yield { stampNs: 315_966_253_660_357_000n, image: frame(0) }
      throw new Error('the renderer died')
    }
    await expect(writeArgoverse2(smallScenario(), dir, { images: { ring_front_center: images() } })).rejects.toThrow('the renderer died')
    async function* wrongSize() {
      yield { stampNs: 315_966_253_660_357_000n, image: { width: 2, height: 2, data: new Uint8Array(12) } }
    }
    await expect(writeArgoverse2(smallScenario(), dir, { images: { ring_front_center: wrongSize() } })).rejects.toThrow(
      /has 2 x 2 pixels; expected 48 x 64/,
    )
    async function* late() {
      yield { stampNs: 1n, image: frame(0) }
    }
    await expect(writeArgoverse2(smallScenario(), dir, { images: { ring_front_center: late() } })).rejects.toMatchObject({
      code: 'VIRGA_OUT_OF_RANGE',
    })
    await expect(writeArgoverse2(smallScenario(), dir, { images: { nose: late() } })).rejects.toThrow(
      /no camera nose; expected one of ring_front_center/,
    )
    expect((await readdir(folder)).filter((name) => name.includes('failing'))).toEqual([])
  })

  it('may be impossible', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(writeArgoverse2(smallScenario(), join(folder, 'file', 'log'))).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    await expect(writeArgoverse2(smallScenario(), '/proc/virga/log')).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
  })
})

describe('recognition', () => {
  it('says what was looked for', async () => {
    await mkdir(join(folder, 'empty'))
    await writeFile(join(folder, 'some.mp4'), 'x')
    for (const [path, message] of [
      ['empty', /an empty folder in no format.*Argoverse 2 sensor log: a folder with city_SE3_egovehicle.feather/],
      ['some.mp4', /a file in no format.*Argoverse 2/],
      ['place', /a folder with notes.txt in no format/],
    ] as const) {
      await expect(openLog(join(folder, path))).rejects.toThrow(message)
      await expect(openLog(join(folder, path))).rejects.toMatchObject({ code: 'VIRGA_UNKNOWN_FORMAT' })
    }
    await expect(openLog(join(folder, 'nothing'))).rejects.toThrow(/no such file or folder/)
    await expect(openLog(folder)).rejects.toThrow(/first in it is a log: give that one/)
    expect((await recogniseFormat(join(folder, 'first'))).name).toBe('argoverse2')
  })
})

describe.skipIf(!hasData)('the real log', () => {
  it('is summarised', async () => {
    const summary = inspectScenario(await openLog(realLog))
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
    expect(summary).toMatchObject({
      id: '7fab2350-7eaf-3b7e-a39d-6937a4c1bede',
      format: 'argoverse2',
      licence: 'CC-BY-NC-SA-4.0',
      region: 'PIT_city_47896',
      durationSeconds: 15.95,
      egoPoses: 2706,
      frames: { images: 0, sweeps: 2, labelled: 156 },
      lidars: ['up_lidar', 'down_lidar'],
      // 86 marked boundaries, 28 of which two lanes share.
      map: { lane: 183, 'lane-line': 58, crosswalk: 11, 'drivable-area': 13 },
      tracks: { total: 114, boxes: 11364 },
    })
    expect(summary.egoPathMetres).toBeCloseTo(75, 0)
    expect(summary.cameras.length).toBe(9)
    expect(summary.missing.map((part) => part.part)).toEqual(['sweeps', 'images'])
  })

  it('has in every box the points that its labels count, in both sweeps', async () => {
    const scenario = await openLog(realLog)
    let boxes = 0
    for (const source of scenario.sweeps) {
      const { points, points_to_vehicle } = await source.load()
      const index = scenario.ego.stampsNs?.indexOf(source.stampNs ?? 0n) ?? -1
      const ego = poseOf(scenario, index)
      for (const track of scenario.tracks) {
        const at = track.trajectory.stampsNs?.indexOf(source.stampNs ?? 0n) ?? -1
        if (at < 0) continue
        const box = trackBoxAt(track, source.timeUs)
        if (box === undefined) throw new Error(`track ${track.id} has no box at its own stamp`)
        const points_to_object = composePose(invertPose(box.object_to_world), composePose(ego, points_to_vehicle))
        expect(BigInt(countInside(points, points_to_object, box.size))).toBe(track.interiorPoints?.[at])
        boxes++
      }
    }
    expect(boxes).toBe(162)
  })

  it('comes back from a written copy: stamps exactly, numbers to 1e-9', async () => {
    const read = await openLog(realLog)
    const dir = join(folder, read.id)
    expect((await writeArgoverse2(read, dir)).notWritten).toEqual([])
    const again = await openLog(dir)
    await expectSameScenario(again, read)
    expect(again.missing).toEqual(read.missing)
    expect(await again.loadGroundHeight?.()).toEqual(await read.loadGroundHeight?.())
  })
})

function poseOf(scenario: Scenario, index: number) {
  const { rotations: r, translations: t } = scenario.ego
  return {
    rotation: [r[4 * index], r[4 * index + 1], r[4 * index + 2], r[4 * index + 3]],
    translation: [t[3 * index], t[3 * index + 1], t[3 * index + 2]],
  } as const
}

function countInside(points: Float32Array, points_to_object: Pose, size: readonly number[]): number {
  const inObject = transformPoints(points_to_object, points, new Float64Array(points.length))
  const inside = (i: number): boolean => [0, 1, 2].every((axis) => Math.abs(inObject[i + axis]) <= size[axis] / 2)
  let count = 0
  for (let i = 0; i < inObject.length; i += 3) if (inside(i)) count++
  return count
}
