import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Camera, MissingPart, Pose, Rig } from '@virga/scenario'
import { readFeather } from '../feather/read-feather.ts'
import { exists } from './files.ts'
import { parts, poseColumns } from './layout.ts'
import { finite, poseOfRow } from './pose-rows.ts'

/**
 * Reads the rig. Cameras are pinholes: the images of Argoverse 2 are released undistorted, its own API projects with the camera matrix alone,
 * and k1, k2, k3 only tell what was removed (av2-api issues 219 and 226; user guide, sensor suite). They are kept for writing back.
 * Principal points are taken as they stand.
 *
 * @returns the rig, without those sensors that `missing` names
 * @throws VirgaError VIRGA_BAD_INPUT naming row and column of a broken value
 */
export async function readCalibration(folder: string): Promise<{ rig: Rig; missing: MissingPart[] }> {
  const missing: MissingPart[] = []
  const poses = await readExtrinsics(join(folder, parts.extrinsics))
  if (poses === undefined) missing.push({ part: 'calibration', detail: `no ${parts.extrinsics}` })
  const file = join(folder, parts.intrinsics)
  if (!(await exists(file))) missing.push({ part: 'calibration', detail: `no ${parts.intrinsics}` })
  const intrinsics = (await exists(file)) ? await readIntrinsics(file) : []
  const cameras: Camera[] = []
  for (const camera of intrinsics) {
    const camera_to_vehicle = poses?.get(camera.name)
    if (camera_to_vehicle !== undefined) cameras.push({ ...camera, camera_to_vehicle })
    else if (poses !== undefined) missing.push({ part: 'calibration', detail: `camera ${camera.name} has no row in ${parts.extrinsics}` })
  }
  const names = new Set(intrinsics.map((camera) => camera.name))
  const others = [...(poses ?? [])].filter(([name]) => !names.has(name))
  for (const [name] of others.filter(([name]) => !isLidar(name))) {
    if (intrinsics.length > 0) missing.push({ part: 'calibration', detail: `camera ${name} has no row in ${parts.intrinsics}` })
  }
  const lidars = others.filter(([name]) => isLidar(name)).map(([name, lidar_to_vehicle]) => ({ name, lidar_to_vehicle }))
  return { rig: { cameras, lidars }, missing }
}

const isLidar = (name: string): boolean => name.endsWith('lidar')

async function readExtrinsics(file: string): Promise<Map<string, Pose> | undefined> {
  if (!(await exists(file))) return undefined
  const table = await readFeather(file, { sensor_name: 'utf8', ...poseColumns })
  refuseRepeats(file, table.columns.sensor_name)
  return new Map(table.columns.sensor_name.map((name, row) => [name, poseOfRow(table, row)]))
}

async function readIntrinsics(file: string): Promise<Omit<Camera, 'camera_to_vehicle'>[]> {
  const { columns: c } = await readFeather(file, {
    sensor_name: 'utf8',
    fx_px: 'float64',
    fy_px: 'float64',
    cx_px: 'float64',
    cy_px: 'float64',
    k1: 'float64',
    k2: 'float64',
    k3: 'float64',
    height_px: 'integer',
    width_px: 'integer',
  })
  refuseRepeats(file, c.sensor_name)
  return c.sensor_name.map((name, row) => {
    const value = (field: 'cx_px' | 'cy_px' | 'k1' | 'k2' | 'k3'): number => finite(file, row, field, c[field][row])
    const positive = (field: 'fx_px' | 'fy_px' | 'width_px' | 'height_px'): number => {
      if (c[field][row] > 0 && Number.isFinite(c[field][row])) return c[field][row]
      throw new VirgaError('VIRGA_BAD_INPUT', `value is ${c[field][row]}`, {
        file,
        record: `row ${row} (${name})`,
        field,
        expected: 'a positive number of pixels',
      })
    }
    return {
      name,
      model: { kind: 'pinhole', fx: positive('fx_px'), fy: positive('fy_px'), cx: value('cx_px'), cy: value('cy_px') },
      width: positive('width_px'),
      height: positive('height_px'),
      removedDistortion: [value('k1'), value('k2'), value('k3')],
    }
  })
}

function refuseRepeats(file: string, names: readonly string[]): void {
  names.forEach((name, row) => {
    if (names.indexOf(name) === row) return
    throw new VirgaError('VIRGA_BAD_INPUT', `sensor ${name} appears twice`, {
      file,
      record: `row ${row}`,
      field: 'sensor_name',
      expected: 'one row per sensor',
    })
  })
}
