import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { buildTrajectory, composePose, type Track } from '@virga/scenario'
import { type FeatherTable, readFeather } from '../feather/read-feather.ts'
import { categories } from './categories.ts'
import { exists } from './files.ts'
import { microsOf, parts, poseColumns } from './layout.ts'
import { finite, poseOfRow } from './pose-rows.ts'
import { type EgoTrajectory, poseAtStamp } from './read-poses.ts'

const schema = {
  timestamp_ns: 'int64',
  track_uuid: 'utf8',
  category: 'utf8',
  length_m: 'float64',
  width_m: 'float64',
  height_m: 'float64',
  ...poseColumns,
  num_interior_pts: 'int64',
} as const

type Annotations = FeatherTable<typeof schema>

/**
 * Reads the boxes of annotations.feather as tracks in the city frame, in the order of their first stamps. A row's box is in the vehicle
 * frame of that row's own stamp.
 *
 * @returns undefined if the log has no annotations
 * @throws VirgaError VIRGA_BAD_INPUT naming row and column
 */
export async function readAnnotations(folder: string, ego: EgoTrajectory): Promise<Track[] | undefined> {
  const file = join(folder, parts.annotations)
  if (!(await exists(file))) return undefined
  const table = await readFeather(file, schema)
  const rowsOfTrack = new Map<string, number[]>()
  for (let row = 0; row < table.rows; row++) {
    const id = table.columns.track_uuid[row]
    const rows = rowsOfTrack.get(id)
    if (rows === undefined) rowsOfTrack.set(id, [row])
    else rows.push(row)
  }
  const stamps = table.columns.timestamp_ns
  const byTime = (a: number, b: number): number => (stamps[a] < stamps[b] ? -1 : stamps[a] > stamps[b] ? 1 : 0)
  // Rows are a set of observations: nothing in the format says that a track's come in time order.
  const tracks = [...rowsOfTrack].map(([id, rows]) => ({ id, rows: rows.sort(byTime) }))
  tracks.sort((a, b) => byTime(a.rows[0], b.rows[0]))
  return tracks.map(({ id, rows }) => trackOf(table, ego, id, rows))
}

function trackOf(table: Annotations, ego: EgoTrajectory, id: string, rows: readonly number[]): Track {
  const { columns: c, file } = table
  const translations = new Float64Array(3 * rows.length)
  const rotations = new Float64Array(4 * rows.length)
  const sizes = new Float64Array(3 * rows.length)
  rows.forEach((row, i) => {
    const { translation, rotation } = composePose(egoPose(ego, file, row, c.timestamp_ns[row]), poseOfRow(table, row))
    translations.set(translation, 3 * i)
    rotations.set(rotation, 4 * i)
    sizes.set(
      [size(file, row, 'length_m', c.length_m), size(file, row, 'width_m', c.width_m), size(file, row, 'height_m', c.height_m)],
      3 * i,
    )
    if (c.category[row] !== c.category[rows[0]]) {
      const place = { file, record: `row ${row}`, field: 'category', expected: `${c.category[rows[0]]} as in row ${rows[0]}` }
      throw new VirgaError('VIRGA_BAD_INPUT', `track ${id} changes its category to ${c.category[row]}`, place)
    }
  })
  const stampsNs = BigInt64Array.from(rows, (row) => c.timestamp_ns[row])
  const sourceCategory = c.category[rows[0]]
  return {
    id,
    class: categories[sourceCategory] ?? 'other',
    sourceCategory,
    trajectory: buildTrajectory(
      { timesUs: Float64Array.from(stampsNs, microsOf), translations, rotations, stampsNs },
      { file, what: `track ${id}`, recordOf: (i) => `row ${rows[i]}`, fields: { time: 'timestamp_ns' } },
    ),
    sizes,
    interiorPoints: BigInt64Array.from(rows, (row) => c.num_interior_pts[row]),
  }
}

function egoPose(ego: EgoTrajectory, file: string, row: number, stampNs: bigint) {
  const pose = poseAtStamp(ego, stampNs)
  if (pose !== undefined) return pose
  const place = {
    file,
    record: `row ${row}`,
    field: 'timestamp_ns',
    expected: `${ego.stampsNs[0]} to ${ego.stampsNs[ego.stampsNs.length - 1]}`,
  }
  throw new VirgaError('VIRGA_BAD_INPUT', `stamp ${stampNs} lies outside the ego poses`, place)
}

function size(file: string, row: number, field: string, values: Float64Array): number {
  const value = finite(file, row, field, values[row], 'a positive number of metres')
  if (value > 0) return value
  throw new VirgaError('VIRGA_BAD_INPUT', `size is ${value}`, {
    file,
    record: `row ${row}`,
    field,
    expected: 'a positive number of metres',
  })
}
