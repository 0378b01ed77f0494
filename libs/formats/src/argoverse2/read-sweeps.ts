import { join } from 'node:path'
import { identityPose, type LidarSweep, type LidarSweepSource } from '@virga/scenario'
import { readFeather } from '../feather/read-feather.ts'
import { stampedFiles } from './files.ts'
import { microsOf, parts } from './layout.ts'
import { finite } from './pose-rows.ts'

/** The sweeps of sensors/lidar, none of them opened; undefined if there is no such folder. Each is checked when it is loaded. */
export async function readSweeps(folder: string): Promise<LidarSweepSource[] | undefined> {
  const files = await stampedFiles(join(folder, parts.lidar), '.feather')
  return files?.map(({ stampNs, file }) => {
    const timeUs = microsOf(stampNs)
    return { timeUs, stampNs, load: () => loadSweep(file, timeUs) }
  })
}

/** Points are in the vehicle frame at the sweep's stamp: the log has already undone the vehicle's motion within the spin. */
async function loadSweep(file: string, timeUs: number): Promise<LidarSweep> {
  const { columns: c, rows } = await readFeather(file, {
    x: 'float32',
    y: 'float32',
    z: 'float32',
    intensity: 'uint8',
    laser_number: 'uint8',
    offset_ns: 'int32',
  })
  const points = new Float32Array(3 * rows)
  for (let i = 0; i < rows; i++) {
    points[3 * i] = c.x[i]
    points[3 * i + 1] = c.y[i]
    points[3 * i + 2] = c.z[i]
  }
  for (let i = 0; i < points.length; i++) {
    if (!Number.isFinite(points[i])) finite(file, Math.floor(i / 3), 'xyz'[i % 3], points[i], 'a finite number of metres')
  }
  return { timeUs, points, points_to_vehicle: identityPose, intensity: c.intensity, ring: c.laser_number, offsetsNs: c.offset_ns }
}
