import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { isVirgaError, type VirgaError } from '@virga/errors'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openLog } from '../src/index.ts'
import { encodeNpy } from '../src/npy/write-npy.ts'
import { encodeNpz } from '../src/npz/write-npz.ts'
import { zipOf } from '../src/npz/zip-bytes.ts'
import {
  boxVertices,
  fthetaVector,
  label,
  layer,
  line,
  matrix,
  objects,
  type SmallClip,
  smallClip,
  smallClipId,
  writeSmallClip,
} from './small-clip.ts'

let folder: string
let root: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-bad-clip-'))
  root = join(folder, 'root')
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => rm(root, { recursive: true, force: true }))

/** Opens the clip and every sweep in it; the error that this must end with. */
async function failure(): Promise<VirgaError> {
  try {
    const scenario = await openLog(root)
    for (const sweep of scenario.sweeps) await sweep.load()
  } catch (error) {
    if (isVirgaError(error)) return error
    throw error
  }
  throw new Error('the damage was not found')
}

/** What `missing` says of a clip that opens. */
async function reported(clip: SmallClip): Promise<string> {
  await writeSmallClip(root, clip)
  return (await openLog(root)).missing.map(({ detail }) => detail).join('\n')
}

const set = (tar: string, key: string, content: string | Uint8Array) => (clip: SmallClip) => void clip.tars.get(tar)?.set(key, content)
const remove = (tar: string, key: string) => (clip: SmallClip) => void clip.tars.get(tar)?.delete(key)
const ego = (values: readonly number[]) => set('vehicle_pose', '000002.vehicle_pose.npy', encodeNpy([4, 4], Float64Array.from(values)))
const lens = (change: Readonly<Record<number, number>>) =>
  set(
    'ftheta_intrinsic',
    'ftheta_intrinsic.camera_front_wide_120fov.npy',
    encodeNpy(
      [11],
      Float64Array.from(fthetaVector, (value, i) => change[i] ?? value),
    ),
  )
const lines = (...labels: readonly object[]) => set('3d_lanelines', 'lanelines.json', layer(...labels))
const text = (content: string) => set('3d_lanelines', 'lanelines.json', content)
const box = (content: Parameters<typeof objects>[0][string]) =>
  set('all_object_info', '000003.all_object_info.json', objects({ '7': content }))
const xyz = encodeNpy([2, 3], Float32Array.of(5, 0, 0, 0, 6, -1))
const lidar_to_world = encodeNpy([4, 4], Float64Array.from(matrix(0, 0, 2)))
const sweep = (arrays: Readonly<Record<string, Uint8Array>>) =>
  set('lidar_raw', '000003.lidar_raw.npz', encodeNpz({ xyz, lidar_to_world, ...arrays }))
const manyPoints = (): ((clip: SmallClip) => void) => {
  const bytes = encodeNpy([4_000_001, 3], new Float32Array(12_000_003))
  return set('lidar_raw', '000003.lidar_raw.npz', zipOf({ 'xyz.npy': { bytes, packed: deflateRawSync(bytes, { level: 1 }) } }))
}
/** A header that claims ten million points, and no data. */
const tenMillion = Buffer.concat([Buffer.from(encodeNpy([0, 3], new Float32Array(0))).subarray(0, 128)])
  .toString('latin1')
  .replace('(0, 3)', '(10000000, 3)')

describe('a broken clip is an error that names file, member and field', () => {
  it.each<[string, (clip: SmallClip) => void, { file: string; record?: string; field?: string; says: RegExp }]>([
    [
      'a vehicle pose missing in the middle',
      remove('vehicle_pose', '000003.vehicle_pose.npy'),
      { file: 'vehicle_pose', record: '000003.vehicle_pose.npy', says: /frame 3 is missing/ },
    ],
    [
      'a camera pose missing at the start',
      remove('pose', '000000.pose.camera_front_wide_120fov.npy'),
      { file: 'pose', record: '000000.pose.camera_front_wide_120fov.npy', says: /frame 0 is missing/ },
    ],
    [
      'NaN in a pose',
      ego(matrix(NaN, 0, 0)),
      { file: 'vehicle_pose', record: '000002.vehicle_pose.npy', field: 'matrix', says: /row 0, column 3 is NaN/ },
    ],
    ['a pose on another planet', ego(matrix(3e9, 0, 0)), { file: 'vehicle_pose', record: '000002', says: /translation is 3000000000 m/ }],
    ['a pose that scales', ego(matrix(0, 0, 0).map((v) => 2 * v)), { file: 'vehicle_pose', record: '000002', says: /last row is 0 0 0 2/ }],
    [
      'a pose that mirrors',
      ego([-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
      { file: 'vehicle_pose', record: '000002', says: /no rotation .*determinant -1/ },
    ],
    [
      'a pose of integers',
      set('vehicle_pose', '000002.vehicle_pose.npy', encodeNpy([4, 4], new Int32Array(16))),
      { file: 'vehicle_pose', record: '000002', says: /array is i4 of shape 4 x 4/ },
    ],
    [
      'a pose of another shape',
      set('vehicle_pose', '000002.vehicle_pose.npy', encodeNpy([16], new Float32Array(16))),
      { file: 'vehicle_pose', record: '000002', says: /f4 of shape 16/ },
    ],
    [
      'a member of another clip',
      (clip) => void clip.tars.set('vehicle_pose', new Map([['x', '']])),
      { file: 'vehicle_pose', says: /vehicle poses are missing/ },
    ],
    [
      'cx = 1e9',
      lens({ 0: 1e9 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'cx', says: /principal point is 1000000000/ },
    ],
    [
      'an absurd image',
      lens({ 2: 1e9 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'w', says: /image width is 1000000000/ },
    ],
    [
      'a fractional image',
      lens({ 3: 1080.5 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'h', says: /image height is 1080.5/ },
    ],
    [
      'is_bw 0 for a polynomial that is',
      lens({ 10: 0 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'is_bw', says: /p1 is 0.0010575\d+ while is_bw says angle to pixel/ },
    ],
    [
      'is_bw 1 for one that is not',
      lens({ 5: 945, 6: 0, 7: 0, 8: 0, 9: 0 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'is_bw', says: /p1 is 945 while is_bw says pixel to angle/ },
    ],
    ['is_bw 2', lens({ 10: 2 }), { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'is_bw', says: /is_bw is 2/ }],
    [
      'NaN in the polynomial',
      lens({ 7: NaN }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'p0..p5', says: /not finite/ },
    ],
    [
      'a polynomial that falls',
      lens({ 6: -2e-6 }),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', field: 'p0..p5', says: /does not grow|corner lies at/ },
    ],
    [
      'a vector of 12 values',
      set('ftheta_intrinsic', 'ftheta_intrinsic.camera_front_wide_120fov.npy', encodeNpy([12], new Float64Array(12))),
      { file: 'ftheta_intrinsic', record: 'camera_front_wide', says: /vector has 12 values/ },
    ],
    ['JSON cut short', text('{"labels": [{"labelId"'), { file: '3d_lanelines', record: 'lanelines.json', says: /not valid JSON/ }],
    ['JSON of another kind', text('[]'), { file: '3d_lanelines', record: 'lanelines.json', field: 'labels', says: /labels is missing/ }],
    [
      'NaN as Python writes it',
      text(layer(label('1', line([0, 0, 0], [1, 0, 7]))).replace('7', 'NaN')),
      { file: '3d_lanelines', record: 'label 0 label-1', field: 'polyline3d.vertices[1][2]', says: /coordinate is null or NaN/ },
    ],
    [
      'a huge coordinate',
      lines(label('1', line([0, 0, 0], [1, -1e7, 0]))),
      { file: '3d_lanelines', record: 'label 0 label-1', field: 'polyline3d.vertices[1][1]', says: /coordinate is -10000000/ },
    ],
    [
      'vertices of two numbers',
      lines(label('1', line([0, 0], [1, 1]))),
      { file: '3d_lanelines', record: 'label 0', field: 'polyline3d.vertices[0]', says: /vertex is a list of 2/ },
    ],
    [
      'a label without shape',
      lines({ labelId: 'x', labelData: {} }),
      { file: '3d_lanelines', record: 'label 0 x', field: 'labelData.shape3d', says: /shape3d is missing/ },
    ],
    [
      'another unit',
      lines({ labelData: { shape3d: { unit: 'FEET', ...line([0, 0, 0], [1, 0, 0]) } } }),
      { file: '3d_lanelines', record: 'label 0', field: 'shape3d.unit', says: /unit is "FEET"/ },
    ],
    [
      'a cuboid of seven corners',
      set('3d_traffic_signs', 'traffic_signs.json', layer(label('1', { cuboid3d: { vertices: boxVertices(0, 0, 0).slice(1) } }))),
      { file: '3d_traffic_signs', record: 'label 0', field: 'cuboid3d.vertices', says: /cuboid has 7 vertices/ },
    ],
    [
      'a box with NaN',
      box({ at: matrix(NaN, 0, 0) }),
      { file: 'all_object_info', record: '000003.all_object_info.json, track 7', field: 'object_to_world', says: /row 0, column 3 is NaN/ },
    ],
    [
      'a box of negative size',
      box({ at: matrix(9, 0, 0), lwh: [4, -2, 1] }),
      { file: 'all_object_info', record: 'track 7', field: 'object_lwh', says: /4,-2,1/ },
    ],
    [
      'a box as large as a city',
      box({ at: matrix(9, 0, 0), lwh: [1e5, 2, 1] }),
      { file: 'all_object_info', record: 'track 7', field: 'object_lwh', says: /100000/ },
    ],
    [
      'a box without type',
      set(
        'all_object_info',
        '000003.all_object_info.json',
        objects({ '7': { at: matrix(9, 0, 0) } }).replace('"object_type":"Automobile"', '"object_type":3'),
      ),
      { file: 'all_object_info', record: 'track 7', field: 'object_type', says: /is 3/ },
    ],
    [
      'light states of another kind',
      set('3d_traffic_lights_status', 'aggregated_states.json', '{"0": {"feature_id": "70"}}'),
      { file: '3d_traffic_lights_status', record: 'aggregated_states.json', field: '0', says: /no list of states/ },
    ],
    [
      'NaN in a sweep',
      sweep({ xyz: encodeNpy([2, 3], Float32Array.of(5, 0, 0, NaN, 6, -1)) }),
      { file: 'lidar_raw', record: '000003.lidar_raw.npz', field: 'xyz', says: /x of point 1 is NaN/ },
    ],
    [
      'a sweep of another shape',
      sweep({ xyz: encodeNpy([6], new Float32Array(6)) }),
      { file: 'lidar_raw', record: '000003', field: 'xyz', says: /f4 of shape 6/ },
    ],
    ['ten million points', manyPoints(), { file: 'lidar_raw', record: '000003', field: 'xyz', says: /sweep has 4000001 points/ }],
    [
      'ten million points in a header',
      sweep({ xyz: Buffer.from(tenMillion, 'latin1') }),
      { file: 'lidar_raw', record: '000003', field: 'xyz', says: /\d data bytes .*expected 120000000 bytes/ },
    ],
    [
      'rows for other points',
      sweep({ row: encodeNpy([3], new Uint8Array(3)) }),
      { file: 'lidar_raw', record: '000003', field: 'row', says: /array has shape 3/ },
    ],
    [
      'a sweep that is no archive',
      set('lidar_raw', '000003.lidar_raw.npz', 'text'),
      { file: 'lidar_raw', record: '000003.lidar_raw.npz', says: /cut short/ },
    ],
    [
      'a stamp in words',
      (clip) => void clip.tars.set('timestamp', new Map([['000000.timestamp_micros.txt', 'noon']])),
      { file: 'timestamp', record: '000000.timestamp_micros.txt', says: /stamp is noon/ },
    ],
    [
      'captions of another kind',
      (clip) => void clip.files.set(`captions/${smallClipId}.json`, '{"Night": 3}'),
      { file: 'captions', field: 'Night', says: /caption is 3/ },
    ],
    [
      'beams of another kind',
      (clip) => void clip.files.set(`lidar_sensor_config/${smallClipId}.json`, '{}'),
      { file: 'lidar_sensor_config', field: 'row_elevations_rad', says: /is missing/ },
    ],
  ])('%s', async (_, damage, { file, record, field, says }) => {
    const clip = smallClip()
    damage(clip)
    await writeSmallClip(root, clip)
    const error = await failure()
    expect(error.message).toMatch(says)
    expect(error).toMatchObject({ code: 'VIRGA_BAD_INPUT', place: { file: expect.stringContaining(join(root, file)) as string } })
    if (record !== undefined) expect(String(error.place.record)).toContain(record)
    if (field !== undefined) expect(error.place.field).toBe(field)
    expect(error.place.expected).toBeTruthy()
  })

  it('a tar cut short, with its name, member and byte', async () => {
    await writeSmallClip(root)
    const file = join(root, 'all_object_info', `${smallClipId}.tar`)
    const { size } = await stat(file)
    await truncate(file, size - 1024 - 400)
    const error = await failure()
    expect(error.message).toMatch(/archive is cut short: the member has \d+ bytes from byte \d+, the file ends at byte \d+/)
    expect(error.place).toMatchObject({ file, record: `${smallClipId}.000006.all_object_info.json` })
  })

  it('a folder where a tar should be, and a tar of another clip', async () => {
    await writeSmallClip(root)
    const file = join(root, 'pose', `${smallClipId}.tar`)
    await writeFile(file, (await readFile(file)).toString('latin1').replaceAll('00000000-1111', '00000000-2222'), 'latin1')
    expect((await failure()).message).toMatch(/header checksum|member is not of this clip/)
  })
})

describe('a clip with elements that cannot be drawn opens and says so', () => {
  it('lines of no length and faces of two vertices are left out', async () => {
    const clip = smallClip()
    lines(label('1', line([1, 2, 3], [1, 2, 3])), label('2', line([1, 2, 3])), label('3', line([0, 0, 0], [1, 0, 0])))(clip)
    set('3d_crosswalks', 'crosswalks.json', layer(label('9', { surface: { vertices: [[0, 0, 0], [1, 0, 0]] } })))(clip) // prettier-ignore
    const missing = await reported(clip)
    expect(missing).toContain('3d_lanelines: 2 of 3 elements without extent are left out (1, 2)')
    expect(missing).toContain('3d_crosswalks: 1 of 1 elements without extent are left out (9)')
  })

  it('cuboids that are no boxes keep their corners', async () => {
    const clip = smallClip()
    const vertices = boxVertices(0, 0, 3).map(([x, y, z], i) => (i === 0 ? [x + 3, y, z] : [x, y, z]))
    set('3d_traffic_signs', 'traffic_signs.json', layer(label('60', { cuboid3d: { vertices } })))(clip)
    expect(await reported(clip)).toContain('3d_traffic_signs: 1 of 1 cuboids are no boxes: their corners stand as in the file (60)')
  })

  it('tracks that change their type, states of unknown lights, poses of cameras without a lens', async () => {
    const clip = smallClip()
    box({ at: matrix(13, 2, 1), type: 'Bus' })(clip)
    set(
      '3d_traffic_lights_status',
      'aggregated_states.json',
      '{"0": {"feature_id": 99, "state": ["red"]}, "1": {"feature_id": "70", "state": ["red", "red"]}}',
    )(clip)
    set('pose', '000000.pose.camera_new.npy', encodeNpy([4, 4], Float64Array.from(matrix(0, 0, 0))))(clip)
    const missing = await reported(clip)
    expect(missing).toContain('all_object_info: 1 tracks change their type and keep the most frequent (7)')
    expect(missing).toContain('states of 1 lights that the map does not have (99)')
    expect(missing).toContain("states for another number of frames than the clip's 1: 70 has 2")
    expect(missing).toContain('pose has poses of camera_new, which has no intrinsics')
  })
})
