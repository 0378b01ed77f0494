import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isVirgaError, type VirgaError } from '@virga/errors'
import { inspectScenario, type Scenario } from '@virga/scenario'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutColumn } from '../src/feather/write-feather.ts'
import { openLog, writeArgoverse2 } from '../src/index.ts'
import { editFeather, valuesOf } from './edit-feather.ts'
import { smallScenario } from './small-scenario.ts'

const poses = 'city_SE3_egovehicle.feather'
const boxes = 'annotations.feather'
const intrinsics = 'calibration/intrinsics.feather'
const extrinsics = 'calibration/egovehicle_SE3_sensor.feather'
const mapFile = 'map/log_map_archive_small-log____TST_city_1.json'
const sweepFile = 'sensors/lidar/315966253660357000.feather'
const imageFile = 'sensors/cameras/ring_front_center/315966253710284215.jpg'

let folder: string
let log: string
let whole: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-bad-'))
  whole = join(folder, 'whole')
  await writeArgoverse2(smallScenario(), whole)
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(async () => {
  log = join(folder, 'damaged')
  await rm(log, { recursive: true, force: true })
  await cp(whole, log, { recursive: true })
})

/** Opens the log and, if that works, every sweep and image in it; gives the error that it must end with. */
async function failure(): Promise<VirgaError> {
  try {
    const scenario = await openLog(log)
    for (const sweep of scenario.sweeps) await sweep.load()
    for (const frames of scenario.images.values()) for (let i = 0; i < frames.timesUs.length; i++) await frames.load(i)
    await scenario.loadGroundHeight?.()
  } catch (error) {
    if (isVirgaError(error)) return error
    throw error
  }
  throw new Error('the damage was not found')
}

const set =
  (name: string, row: number, value: unknown) =>
  (columns: Record<string, OutColumn>): void => {
    valuesOf<unknown>(columns, name)[row] = value
  }
const asText =
  (name: string) =>
  (columns: Record<string, OutColumn>): void => {
    columns[name] = { kind: 'utf8', values: Array.from(columns[name].values as ArrayLike<number>, String) }
  }
const without =
  (name: string) =>
  (columns: Record<string, OutColumn>): void => {
    delete columns[name]
  }

describe('a value in a Feather file', () => {
  it.each<[string, string, (columns: Record<string, OutColumn>) => void, RegExp]>([
    ['a NaN pose', poses, set('tx_m', 2, NaN), /translation is NaN \(.*row 2, field tx_m\).*finite/],
    ['an infinite pose', poses, set('tz_m', 0, Infinity), /Infinity \(.*row 0, field tz_m\)/],
    ['a quaternion that is not of unit length', poses, set('qw', 3, 2), /norm .*row 3, field qw, qx, qy, qz\).*unit quaternion/],
    ['a NaN quaternion', poses, set('qz', 1, NaN), /norm NaN .*row 1/],
    ['time going backwards', poses, set('timestamp_ns', 2, 5n), /goes backwards .*row 2, field timestamp_ns/],
    ['a repeated time', poses, set('timestamp_ns', 1, 315966253660357000n), /appears twice .*row 1, field timestamp_ns/],
    ['a column of the wrong type', poses, asText('ty_m'), /type Utf8 .*field ty_m\).*Float64/],
    ['stamps as text', poses, asText('timestamp_ns'), /type Utf8 .*field timestamp_ns\).*Int64/],
    ['a missing column', poses, without('qy'), /column is missing; the file has timestamp_ns, qw, qx, qz.*field qy/],
    ['a NaN box', boxes, set('tx_m', 1, NaN), /NaN .*row 1, field tx_m/],
    ['a box without size', boxes, set('width_m', 0, 0), /size is 0 .*row 0, field width_m\).*positive/],
    ['a box of NaN size', boxes, set('height_m', 2, NaN), /NaN .*row 2, field height_m/],
    [
      'a box outside the poses',
      boxes,
      set('timestamp_ns', 0, 7n),
      /stamp 7 lies outside the ego poses .*row 0, field timestamp_ns\).*315966253660357000 to/,
    ],
    ['a box twice', boxes, set('timestamp_ns', 1, 315966253660357000n), /appears twice .*row 1, field timestamp_ns/],
    ['a box with a bad quaternion', boxes, set('qw', 4, 9), /norm .*row 4/],
    ['a track that changes its category', boxes, set('category', 1, 'BUS'), /changes its category to BUS .*row 1, field category/],
    ['boxes without a track column', boxes, without('track_uuid'), /missing.*field track_uuid/],
    ['a NaN focal length', intrinsics, set('fx_px', 0, NaN), /NaN .*row 0 \(ring_front_center\), field fx_px\).*positive/],
    ['an image height of zero', intrinsics, set('height_px', 0, 0), /0 .*field height_px\).*positive/],
    ['a NaN principal point', intrinsics, set('cx_px', 0, NaN), /NaN .*row 0, field cx_px/],
    [
      'a sensor twice',
      extrinsics,
      set('sensor_name', 1, 'ring_front_center'),
      /ring_front_center appears twice .*row 1, field sensor_name/,
    ],
    ['an extrinsic quaternion of zero', extrinsics, set('qw', 1, 0), /norm .*row 1, field qw, qx, qy, qz/],
    ['a NaN point', sweepFile, set('y', 7, NaN), /NaN .*row 7, field y\)/],
    ['a sweep without intensity', sweepFile, without('intensity'), /missing.*field intensity/],
    ['laser numbers as text', sweepFile, asText('laser_number'), /type Utf8 .*field laser_number\).*Uint8/],
  ])('%s', async (_name, file, edit, message) => {
    await editFeather(join(log, file), edit)
    const error = await failure()
    expect(error.code).toBe('VIRGA_BAD_INPUT')
    expect(error.message).toMatch(message)
    expect(error.place.file).toBe(join(log, file))
  })
})

describe('a file that is cut short', () => {
  it.each([poses, boxes, intrinsics, extrinsics, sweepFile, imageFile, mapFile])('%s', async (file) => {
    const bytes = await readFile(join(log, file))
    for (const length of [0, 20, Math.floor(bytes.length / 2), bytes.length - 1]) {
      await writeFile(join(log, file), bytes.subarray(0, length))
      const error = await failure()
      expect(error.code).toBe('VIRGA_BAD_INPUT')
      expect(error.place.file).toBe(join(log, file))
    }
  })

  it('the ground height raster', async () => {
    const name = (await readdir(join(log, 'map'))).find((one) => one.endsWith('.npy')) ?? ''
    const bytes = await readFile(join(log, 'map', name))
    for (const length of [3, 40, bytes.length - 2]) {
      await writeFile(join(log, 'map', name), bytes.subarray(0, length))
      expect((await failure()).place.file).toContain('.npy')
    }
  })
})

describe('the map', () => {
  type Json = Record<string, Record<string, Record<string, unknown>>>
  it.each<[string, (map: Json) => void, RegExp]>([
    [
      'an unknown mark type',
      (map) => (map.lane_segments['101'].left_lane_mark_type = 'WAVY_GREEN'),
      /"WAVY_GREEN" .*lane_segments 101, field left_lane_mark_type\).*SOLID_WHITE/,
    ],
    [
      'an unknown lane type',
      (map) => (map.lane_segments['102'].lane_type = 'RIVER'),
      /"RIVER" .*lane_segments 102, field lane_type\).*"BIKE"/,
    ],
    [
      'a missing mark type',
      (map) => delete map.lane_segments['101'].right_lane_mark_type,
      /is missing .*lane_segments 101, field right_lane_mark_type/,
    ],
    [
      'a polyline of one point',
      (map) => (map.lane_segments['101'].left_lane_boundary as unknown[]).splice(1),
      /a list of 1 .*lane_segments 101, field left_lane_boundary\).*>=2/,
    ],
    [
      'an area of two points',
      (map) => (map.drivable_areas['7'].area_boundary as unknown[]).splice(2),
      /a list of 2 .*drivable_areas 7, field area_boundary\).*>=3/,
    ],
    [
      'a coordinate that is text',
      (map) =>
        (map.pedestrian_crossings['55'].edge2 = [
          { x: 1, y: 'a', z: 0 },
          { x: 1, y: 2, z: 0 },
        ]),
      /"a" .*pedestrian_crossings 55, field edge2\.0\.y\).*number/,
    ],
    ['a missing layer', (map) => delete map.drivable_areas, /drivable_areas is missing .*field drivable_areas/],
  ])('%s', async (_name, edit, message) => {
    const map = JSON.parse(await readFile(join(log, mapFile), 'utf8')) as Json
    edit(map)
    await writeFile(join(log, mapFile), JSON.stringify(map))
    const error = await failure()
    expect(error.code).toBe('VIRGA_BAD_INPUT')
    expect(error.message).toMatch(message)
    expect(error.place.file).toBe(join(log, mapFile))
  })

  it('that is no JSON says where', async () => {
    await writeFile(join(log, mapFile), '{"lane_segments": {"1": }')
    expect((await failure()).message).toMatch(/not valid JSON: .*Unexpected token '}'.*"1": }/)
  })

  it('must be one', async () => {
    await cp(join(log, mapFile), join(log, 'map/log_map_archive_x____TST_city_1.json'))
    expect((await failure()).message).toMatch(/has 2 maps: log_map_archive_small-log/)
  })
})

describe('a log without', () => {
  const missing = async (): Promise<Scenario['missing']> => (await openLog(log)).missing

  it('poses cannot be read', async () => {
    await rm(join(log, poses))
    const error = await failure()
    expect(error.message).toMatch(/the ego poses are missing \(file .*city_SE3_egovehicle.feather/)
  })

  it('a single pose cannot be read', async () => {
    await editFeather(join(log, poses), (columns) => {
      for (const [name, column] of Object.entries(columns))
        columns[name] = { ...column, values: (column.values as Float64Array).slice(0, 0) } as OutColumn
    })
    expect((await failure()).message).toMatch(/no samples .*city_SE3_egovehicle.feather/)
  })

  it.each([
    ['annotations', boxes, 'tracks'],
    ['a map', 'map', 'map'],
    ['a ground height raster', 'map/small-log___img_Sim2_city.json', 'other'],
    ['LiDAR sweeps', 'sensors/lidar', 'sweeps'],
    ['images', 'sensors/cameras', 'images'],
    ['any sensor data', 'sensors', 'sweeps images'],
    ['a calibration', 'calibration', 'calibration calibration calibration'],
    ['intrinsics', intrinsics, 'calibration calibration'],
    ['extrinsics', extrinsics, 'calibration calibration'],
    ['a licence', 'LICENSE.txt', 'licence'],
    ['one of the sweeps', sweepFile, 'sweeps'],
  ])('%s says so and is read', async (_name, path, expected) => {
    await rm(join(log, path), { recursive: true })
    expect((await missing()).map((part) => part.part).join(' ')).toBe(expected)
    expect(inspectScenario(await openLog(log)).egoPoses).toBe(7)
  })

  it('some labelled sweeps counts them', async () => {
    await rm(join(log, sweepFile))
    expect(await missing()).toEqual([{ part: 'sweeps', detail: 'LiDAR sweeps for 2 of 3 labelled moments' }])
  })

  it('parts is written back without them', async () => {
    for (const path of [boxes, 'map', 'calibration', 'sensors', 'LICENSE.txt']) await rm(join(log, path), { recursive: true })
    const read = await openLog(log)
    const copy = join(folder, 'bare')
    await writeArgoverse2(read, copy)
    expect(await readdir(copy)).toEqual([poses])
    expect((await openLog(copy)).missing).toEqual(read.missing)
  })
})

describe('a log that is odd', () => {
  it('has files that are no stamps', async () => {
    await writeFile(join(log, 'sensors/lidar/readme.feather'), '')
    expect((await failure()).message).toMatch(/file name is not a time stamp .*readme.feather.*<nanoseconds>.feather/)
  })

  it('has images of another size than the calibration says', async () => {
    await editFeather(join(log, intrinsics), set('width_px', 0, 50))
    expect((await failure()).message).toMatch(/image has 48 x 64 pixels .*expected a complete JPEG of 50 x 64/)
  })

  it('has images of a camera that is not calibrated', async () => {
    await rename(join(log, 'sensors/cameras/ring_front_center'), join(log, 'sensors/cameras/ring_rear'))
    expect((await openLog(log)).missing.map((part) => part.detail)).toEqual([
      'no images of camera ring_front_center',
      'camera ring_rear has images and no calibration',
    ])
  })

  it('has a file where a folder should be', async () => {
    await rm(join(log, 'sensors/lidar'), { recursive: true })
    await writeFile(join(log, 'sensors/lidar'), '')
    expect((await failure()).message).toMatch(/cannot be listed \(ENOTDIR\).*expected a folder/)
  })

  it('has rows of a track in any order', async () => {
    const read = await openLog(log)
    await editFeather(join(log, boxes), (columns) => {
      for (const column of Object.values(columns)) (column.values as unknown[]).reverse()
    })
    const again = await openLog(log)
    expect(again.tracks.find((track) => track.id === 'b-car')).toEqual(read.tracks.find((track) => track.id === 'b-car'))
  })
})

describe('laziness', () => {
  it('a log whose sweeps and images are not even files of their kind opens: they are not read', async () => {
    for (const stamp of Array.from({ length: 200 }, (_, i) => 315966253660357100n + BigInt(i))) {
      await writeFile(join(log, `sensors/lidar/${stamp}.feather`), 'x')
      await mkdir(join(log, 'sensors/cameras/ring_front_center'), { recursive: true })
      await writeFile(join(log, `sensors/cameras/ring_front_center/${stamp}.jpg`), 'x')
    }
    const scenario = await openLog(log)
    expect(inspectScenario(scenario).frames).toMatchObject({ sweeps: 203, images: 202 })
    await expect(scenario.sweeps[100].load()).rejects.toThrow(/not a Feather v2 file/)
  })
})
