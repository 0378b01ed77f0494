import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  angleBetweenQuats,
  cameraPoseAt,
  composePose,
  invertPose,
  lengthVec,
  type MapElement,
  poseAt,
  type Scenario,
  subVec,
  trackBoxAt,
  transformPoints,
} from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog, writeRdsHq } from '../src/index.ts'
import { fullScenario } from './rds-hq-scenario.ts'
import { frame } from './small-scenario.ts'

const data = resolve(import.meta.dirname, '../../..', process.env.VIRGA_DATA ?? '../shared/data')
const argoverse = join(data, 'av2_sensor/7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
const released = join(data, 'rds_hq')
const hasData = existsSync(argoverse) && existsSync(released)
if (!hasData) console.warn(`skipped: no real logs at ${data} (set VIRGA_DATA)`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-rds-hq-trip-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A scenario's elements with their vertices in the vehicle frame at the start, where a clip has its world. */
function localMap(scenario: Scenario, startUs: number): MapElement[] {
  const world_to_clip = invertPose(poseAt(scenario.ego, startUs))
  const local = (line: Float64Array): Float64Array => transformPoints(world_to_clip, line)
  return scenario.map.map((element) => {
    if (element.kind === 'lane') return { ...element, left: local(element.left), right: local(element.right) }
    if ('line' in element) return { ...element, line: local(element.line) }
    return 'ring' in element ? { ...element, ring: local(element.ring) } : { ...element, corners: local(element.corners) }
  })
}

const verticesOf = (element: MapElement): number[] => {
  if (element.kind === 'lane') return [...element.left, ...element.right]
  return [...('line' in element ? element.line : 'ring' in element ? element.ring : element.corners)]
}

function expectSameVertices(actual: readonly MapElement[], expected: readonly MapElement[], tolerance: number): void {
  const byId = new Map(expected.map((element) => [`${element.kind} ${element.id}`, element]))
  let worst = 0
  for (const element of actual) {
    const other = byId.get(`${element.kind} ${element.id}`)
    if (other === undefined) throw new Error(`${element.kind} ${element.id} is new`)
    const [a, b] = [verticesOf(element), verticesOf(other)]
    expect(a.length).toBe(b.length)
    a.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - b[i]))))
  }
  expect(worst).toBeLessThan(tolerance)
}

/** Numbers to twelve digits after the point: a pose through a matrix and back changes its last bits. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1e12) / 1e12 + 0
  if (value instanceof Float64Array) return Array.from(value, rounded)
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null || value instanceof Map) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]))
}

describe('the small drive', () => {
  it('comes back with all that the format can hold', async () => {
    const source = fullScenario()
    const dir = join(folder, 'small')
    const { clip } = await writeRdsHq(source, dir, { cameraNames: 'rds-hq' })
    const read = await openLog(dir)
    expect(read).toMatchObject({
      id: clip,
      startUs: source.startUs,
      captions: source.captions,
      origin: { format: 'rds-hq', licence: 'Apache-2.0' },
    })
    expect(read.endUs - read.startUs).toBe(233_333)
    expectSameVertices(read.map, localMap(source, source.startUs), 1e-9)
    const lines = read.map.filter((element) => element.kind === 'lane-line')
    expect(lines.map(({ id, colour, pattern, paints }) => [id, colour, pattern, paints?.map((paint) => paint.pattern)])).toEqual([
      ['101:left', 'yellow', 'solid-dashed', ['solid-dashed', 'solid-dashed', 'solid-dashed']],
      ['101:right', 'white', 'solid', ['solid', 'solid']],
      ['mixed', 'white', 'solid', ['solid', 'short-dashed', 'short-dashed']],
      ['dashes', 'yellow', 'long-dashed', ['long-dashed', 'long-dashed']],
      ['unusual', 'white', 'solid-dashed', ['solid-dashed', 'solid-dashed']],
    ])
    const lanes = read.map.filter((element) => element.kind === 'lane')
    expect(lanes).toMatchObject([
      {
        id: '101',
        use: 'vehicle',
        isIntersection: false,
        predecessors: ['99'],
        leftNeighbour: '102',
        leftLine: '101:left',
        rightLine: '101:right',
      },
      { id: '102', use: 'bike', isIntersection: true, successors: ['103', '104'], leftNeighbour: '101', leftLine: '101:left' },
    ])
    const light = read.map.find((element) => element.kind === 'traffic-light')
    expect(light?.states?.state).toEqual(['unknown', 'green', 'yellow'])
    // States change with the frames: at 67 and 167 ms, the first frames after 50 and 150 ms.
    expect([...(light?.states?.timesUs ?? [])].map((time) => time - source.startUs)).toEqual([0, 66_667, 166_667])
    expect(read.map.find((element) => element.kind === 'pole')?.sourceType).toBe('LIGHT')
    expect((await read.vehicleMasks?.get('camera_front_wide_120fov')?.())?.data.filter((value) => value > 0).length).toBe(12)
  })

  it('has its cameras: f-theta ones exactly, pinholes exactly or as an f-theta camera', async () => {
    const source = fullScenario()
    const byFtheta = await openLog(join(folder, 'small'))
    const byPinhole = await openLog(join(folder, 'small'), { intrinsics: 'pinhole' })
    for (const camera of source.rig.cameras) {
      const name = camera.name === 'ring_front_center' ? 'camera_front_wide_120fov' : camera.name
      const [one, other] = [byFtheta, byPinhole].map((scenario) => scenario.rig.cameras.find((candidate) => candidate.name === name))
      if (one === undefined || other === undefined) throw new Error(`no camera ${name}`)
      expect([one.width, one.height]).toEqual([camera.width, camera.height])
      if (camera.model.kind === 'ftheta') expect(one.model).toEqual(camera.model)
      if (camera.model.kind === 'pinhole') expect(other.model).toEqual(camera.model)
      for (const timeUs of byFtheta.ego.timesUs) {
        const world_to_clip = invertPose(poseAt(source.ego, source.startUs))
        const expected = composePose(world_to_clip, cameraPoseAt(source, camera, timeUs))
        const actual = cameraPoseAt(byFtheta, one, timeUs)
        expect(lengthVec(subVec(actual.translation, expected.translation))).toBeLessThan(1e-9)
        expect(angleBetweenQuats(actual.rotation, expected.rotation)).toBeLessThan(1e-7)
      }
    }
  })

  it('has its sweeps value by value and its images', async () => {
    const [source, read] = [fullScenario(), await openLog(join(folder, 'small'))]
    expect(read.sweeps.length).toBe(3)
    for (const [i, sweep] of read.sweeps.entries()) {
      const [actual, expected] = [await sweep.load(), await source.sweeps[i].load()]
      expect([actual.points, actual.intensity, actual.ring]).toEqual([expected.points, expected.intensity, expected.ring])
      // In the world they are where they were at the sweep's own stamp.
      const world_to_clip = invertPose(poseAt(source.ego, source.startUs))
      const were = transformPoints(
        composePose(world_to_clip, composePose(poseAt(source.ego, expected.timeUs), expected.points_to_vehicle)),
        Float64Array.from(expected.points),
      )
      const are = transformPoints(composePose(poseAt(read.ego, actual.timeUs), actual.points_to_vehicle), Float64Array.from(actual.points))
      expect(Math.max(...are.map((value, axis) => Math.abs(value - were[axis])))).toBeLessThan(1e-9)
    }
    const images = read.images.get('camera_front_wide_120fov')
    expect(images?.timesUs.length).toBe(8)
    for (const [index, shown] of [0, 0, 0, 1, 1, 1, 1, 1].entries()) {
      const [got, sent] = [await images?.load(index), frame(shown)]
      const difference = sent.data.reduce((sum, value, i) => sum + Math.abs(value - (got?.data[i] ?? 0)), 0) / sent.data.length
      expect(difference).toBeLessThan(3)
    }
  })

  it('is the same drive when a clip is made of the clip', async () => {
    const first = await openLog(join(folder, 'small'))
    const { clip } = await writeRdsHq(first, join(folder, 'second'))
    const second = await openLog(join(folder, 'second'))
    expect(clip).toBe(first.id)
    const held = (scenario: Scenario): unknown => rounded({ ...scenario, origin: 0, images: 0, sweeps: 0, vehicleMasks: 0, missing: 0 })
    expect(held(second)).toEqual(held(first))
  })
})

describe.skipIf(!hasData)('real logs', () => {
  it('of Argoverse 2 come back: map and cameras to 1e-9, boxes up to steadying and interpolation', async () => {
    const source = await openLog(argoverse)
    await writeRdsHq(source, join(folder, 'argoverse'), { cameras: ['ring_front_center'] })
    const read = await openLog(join(folder, 'argoverse'))
    // Pinholes come back as pinholes unless the f-theta vectors are asked for.
    const [camera] = source.rig.cameras
    expect(read.rig.cameras.map(({ name, model }) => [name, model])).toEqual([[camera.name, camera.model]])
    expect((await openLog(join(folder, 'argoverse'), { intrinsics: 'ftheta' })).rig.cameras[0].model.kind).toBe('ftheta')
    expectSameVertices(read.map, localMap(source, source.startUs), 1e-9)
    const world_to_clip = invertPose(poseAt(source.ego, source.startUs))
    const away: number[] = []
    let [gone, held] = [0, 0]
    for (const track of source.tracks) {
      const other = read.tracks.find(({ id }) => id === track.id)
      if (other === undefined) throw new Error(`track ${track.id} is lost`)
      for (const timeUs of read.ego.timesUs) {
        const [box, copy] = [trackBoxAt(track, timeUs), trackBoxAt(other, timeUs)]
        if (box !== undefined && copy === undefined) gone++
        if (box === undefined && copy !== undefined) held++
        if (box === undefined || copy === undefined) continue
        const expected = composePose(world_to_clip, box.object_to_world)
        away.push(lengthVec(subVec(copy.object_to_world.translation, expected.translation)))
      }
    }
    away.sort((a, b) => a - b)
    expect([gone, held, away.length]).toEqual([0, 114, 33_750])
    // Half of the boxes move by less than a millimetre; the rest belong to standing objects, whose boxes are averaged.
    expect(away[away.length >> 1]).toBeLessThan(1e-3)
    expect(away[Math.floor(away.length * 0.99)]).toBeLessThan(0.15)
    expect(away[away.length - 1]).toBeLessThan(0.2)
  })

  it('of NVIDIA come back as they were read, attributes and all', async () => {
    const source = await openLog(released)
    const { clip, notWritten } = await writeRdsHq(source, join(folder, 'released'))
    expect([clip, notWritten]).toEqual([source.id, []])
    const read = await openLog(join(folder, 'released'))
    const plain = (scenario: Scenario): unknown[] =>
      scenario.map.map(({ sourceAttributes = [], ...element }) => ({
        ...element,
        attributes: sourceAttributes.map((one) => JSON.stringify(one)).sort(),
      }))
    expect(rounded(plain(read))).toEqual(rounded(plain(source)))
    expect(rounded(read.ego)).toEqual(rounded(source.ego))
    expect(read.rig.cameras.map(({ name, model }) => [name, model])).toEqual(source.rig.cameras.map(({ name, model }) => [name, model]))
  })
})
