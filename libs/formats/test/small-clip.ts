import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeNpy } from '../src/npy/write-npy.ts'
import { encodeNpz } from '../src/npz/write-npz.ts'
import { tarOf } from '../src/tar/tar-bytes.ts'

/** Members of a tar by key (the name after `<clip>.`). */
export type Members = Map<string, string | Uint8Array>

export const smallClipId = '00000000-1111-2222-3333-444444444444_5000000_25000000'

/** A clip of seven frames, made here byte by byte, so that a test can break any of it. */
export interface SmallClip {
  readonly id: string
  /** By folder. */
  readonly tars: Map<string, Members>
  /** Other files by path. */
  readonly files: Map<string, string | Uint8Array>
}

export const frames = 7
const six = (frame: number): string => String(frame).padStart(6, '0')

export function matrix(x: number, y: number, z: number, yaw = 0): number[] {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)]
  return [c, -s, 0, x, s, c, 0, y, 0, 0, 1, z, 0, 0, 0, 1]
}

/** Camera to world for a camera that looks along the vehicle's x, 1.5 m above ground. */
export const cameraMatrix = (x: number): number[] => [0, 0, 1, x + 1, -1, 0, 0, 0, 0, -1, 0, 1.5, 0, 0, 0, 1]

const rows = (m: readonly number[]): number[][] => [0, 4, 8, 12].map((i) => m.slice(i, i + 4))

export interface SmallBox {
  readonly at: readonly number[]
  readonly lwh?: readonly number[]
  readonly moving?: boolean
  readonly type?: string
}

export function objects(boxes: Readonly<Record<string, SmallBox>>): string {
  const entries = Object.entries(boxes).map(([id, { at, lwh = [4, 2, 1.5], moving = true, type = 'Automobile' }]) => {
    return [id, { object_to_world: rows(at), object_lwh: lwh, object_is_moving: moving, object_type: type }]
  })
  return JSON.stringify(Object.fromEntries(entries))
}

export function label(id: string, shape: object, attributes: readonly object[] = []): object {
  return {
    labelId: `label-${id}`,
    labelData: { shape3d: { unit: 'METRIC', attributes: [{ name: 'feature_id', text: id }, ...attributes], ...shape } },
  }
}

export const layer = (...labels: readonly object[]): string => JSON.stringify({ labels })

export const fthetaVector = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1] // prettier-ignore

export const line = (...vertices: readonly number[][]): object => ({ polyline3d: { vertices } })

/** 8 corners in the order of a scenario. */
export function boxVertices(x: number, y: number, z: number, half = 0.5): number[][] {
  const ring = [[1, 1], [1, -1], [-1, -1], [-1, 1]] // prettier-ignore
  return [1, -1].flatMap((up) => ring.map(([sx, sy]) => [x + sx * half, y + sy * half, z + up * half]))
}

export function smallClip(): SmallClip {
  const all = Array.from({ length: frames }, (_, i) => i)
  const tars = new Map<string, Members>()
  const camera = 'camera_front_wide_120fov'
  tars.set(
    'vehicle_pose',
    new Map(all.map((i) => [`${six(i)}.vehicle_pose.npy`, encodeNpy([4, 4], Float32Array.from(matrix(i / 3, 0, 0)))])),
  )
  tars.set('pose', new Map(all.map((i) => [`${six(i)}.pose.${camera}.npy`, encodeNpy([4, 4], Float64Array.from(cameraMatrix(i / 3)))])))
  tars.set('ftheta_intrinsic', new Map([[`ftheta_intrinsic.${camera}.npy`, encodeNpy([11], Float64Array.from(fthetaVector))]]))
  tars.set(
    'pinhole_intrinsic',
    new Map([[`pinhole_intrinsic.${camera}.npy`, encodeNpy([6], Float64Array.of(945.5, 945.5, 954, 757, 1920, 1080))]]),
  )
  const boxesAt = (i: number): string =>
    objects({
      '7': { at: matrix(10 + i, 2, 1) },
      '12': { at: matrix(20, -3, 1, (i - 3) / 300), moving: false, lwh: [4 + i / 100, 2, 1.5] },
    })
  tars.set('all_object_info', new Map([0, 3, 6].map((i) => [`${six(i)}.all_object_info.json`, boxesAt(i)])))
  const sweep = (i: number): Uint8Array =>
    encodeNpz({
      xyz: encodeNpy([2, 3], Float32Array.of(5, 0, 0, 0, 6, -1)),
      intensity: encodeNpy([2], Uint8Array.of(10, 255)),
      row: encodeNpy([2], Uint8Array.of(0, 127)),
      column: encodeNpy([2], Uint16Array.of(0, 3599)),
      starting_timestamp: encodeNpy([], BigInt64Array.of(5_000_000n)),
      lidar_to_world: encodeNpy([4, 4], Float64Array.from(matrix(i / 3 + 1, 0, 2))),
    })
  tars.set('lidar_raw', new Map([0, 3, 6].map((i) => [`${six(i)}.lidar_raw.npz`, sweep(i)])))
  const words = (name: string, list: readonly string[]): object => ({ name, enumsList: { enumsList: list } })
  const ids = (name: string, list: readonly string[]): object => ({ name, textList: list.length > 0 ? { textList: list } : {} })
  const paints = [words('colors', ['WHITE', 'YELLOW']), words('styles', ['LONG_DASHED_SINGLE', 'SOLID_GROUP'])]
  tars.set(
    '3d_lanelines',
    new Map([['lanelines.json', layer(label('1', line([0, 2, 0], [9, 2, 0]), paints), label('2', line([0, 5, 0], [9, 5, 0])))]]),
  )
  const rails = { polylines3d: { polylines: [{ vertices: [[0, 2, 0], [9, 2, 0]] }, { vertices: [[0, -2, 0], [9, -2, 0]] }] } } // prettier-ignore
  const links = [
    ids('next_lane_ids', ['11', '12']),
    ids('previous_lane_ids', []),
    { name: 'left_lane_id', text: '-1' },
    { name: 'right_lane_id', text: '13' },
  ]
  const lane = [...links, ids('left_boundary_component_line_ids', ['1']), { name: 'lane_direction', enum: 'LEFT_TURN' }]
  tars.set('3d_lanes', new Map([['lanes.json', layer(label('10', rails, lane))]]))
  tars.set(
    '3d_road_boundaries',
    new Map([['road_boundaries.json', layer(label('20', line([0, 6, 0], [9, 6, 0]), [{ name: 'boundary_type', text: 'tall_curb' }]))]]),
  )
  tars.set(
    '3d_wait_lines',
    new Map([['wait_lines.json', layer(label('30', line([9, 2, 0], [9, -2, 0]), [{ name: 'type', enum: 'STOP' }]))]]),
  )
  const surface = { surface: { vertices: [[4, -2, 0], [6, -2, 0], [6, 2, 0], [4, 2, 0], [4, -2, 0]] } } // prettier-ignore
  tars.set('3d_crosswalks', new Map([['crosswalks.json', layer(label('40', surface))]]))
  tars.set('3d_road_markings', new Map([['road_markings.json', layer({ labelId: 'none', labelData: { emptyLabel: true } })]]))
  tars.set('3d_poles', new Map([['poles.json', layer(label('50', line([3, 7, 0], [3, 7, 6]), [{ name: 'pole_type', text: 'LIGHT' }]))]]))
  tars.set('3d_traffic_signs', new Map([['traffic_signs.json', layer(label('60', { cuboid3d: { vertices: boxVertices(8, 6, 3) } }))]]))
  const old = { center: { x: 9, y: 0, z: 5 }, orientation: { x: Math.PI / 2, y: 0, z: 0 }, dimensions: { x: 2, y: 0.6, z: 1 } }
  tars.set('3d_traffic_lights', new Map([['3d_traffic_lights.json', layer(label('70', { cuboid3d: old }))]]))
  const states = { '0': { feature_id: '70', states: ['red', 'red', 'red', 'GREEN', 'green', 'off', 'off'] } }
  tars.set('3d_traffic_lights_status', new Map([['aggregated_states.json', JSON.stringify(states)]]))
  const files = new Map<string, string | Uint8Array>([
    [`captions/${smallClipId}.txt`, 'A short road.\n'],
    [`captions/${smallClipId}.json`, JSON.stringify({ Night: 'A dark road.' })],
    [`lidar_sensor_config/${smallClipId}.json`, JSON.stringify({ row_elevations_rad: [0.25, -0.4], row_azimuth_offsets_rad: [0, 0.01] })],
  ])
  return { id: smallClipId, tars, files }
}

export async function writeSmallClip(root: string, { id, tars, files }: SmallClip = smallClip()): Promise<void> {
  for (const [folder, members] of tars) {
    await mkdir(join(root, folder), { recursive: true })
    const named = [...members].map(([key, content]) => {
      const path = `${id}.${key}`
      return { path, content }
    })
    await writeFile(join(root, folder, `${id}.tar`), tarOf(...named.flatMap(({ path, content }) => withLongName(path, content))))
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

/** Names beyond 100 bytes stand in a PAX header, as in released clips. */
function withLongName(path: string, content: string | Uint8Array): (readonly [{ name: string; type?: string }, string | Uint8Array])[] {
  const tail = ` path=${path}\n`
  const size = tail.length + (tail.length + 3 > 102 ? 3 : 2)
  return [
    [{ name: 'PaxHeaders/x', type: 'x' }, `${size}${tail}`],
    [{ name: path.slice(0, 100) }, content],
  ]
}
