import { VirgaError } from '@virga/errors'
import { normQuat, type Pose, type Quat, unitQuaternionTolerance, type Vec3 } from '@virga/scenario'
import type { FeatherTable } from '../feather/read-feather.ts'
import type { poseColumns } from './layout.ts'

/**
 * The pose in a row of a table that has the pose columns.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming row and column if it is not finite or its quaternion is not of unit length
 */
export function poseOfRow(table: FeatherTable<typeof poseColumns>, row: number): Pose {
  const { qw, qx, qy, qz, tx_m, ty_m, tz_m } = table.columns
  const rotation: Quat = [qw[row], qx[row], qy[row], qz[row]]
  const translation: Vec3 = [
    finite(table.file, row, 'tx_m', tx_m[row]),
    finite(table.file, row, 'ty_m', ty_m[row]),
    finite(table.file, row, 'tz_m', tz_m[row]),
  ]
  const norm = normQuat(rotation)
  if (!(Math.abs(norm - 1) <= unitQuaternionTolerance)) {
    const place = { file: table.file, record: `row ${row}`, field: 'qw, qx, qy, qz', expected: 'a unit quaternion' }
    throw new VirgaError('VIRGA_BAD_INPUT', `quaternion has norm ${norm}`, place)
  }
  return { rotation, translation }
}

/** The value itself. @throws VirgaError VIRGA_BAD_INPUT naming row and column if it is NaN or infinite */
export function finite(file: string, row: number, field: string, value: number, expected = 'a finite number'): number {
  if (Number.isFinite(value)) return value
  throw new VirgaError('VIRGA_BAD_INPUT', `value is ${value}`, { file, record: `row ${row}`, field, expected })
}
