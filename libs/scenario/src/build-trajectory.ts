import { type ErrorPlace, VirgaError } from '@virga/errors'
import type { Trajectory } from './trajectory.ts'

/** How far from 1 the norm of a source's quaternion may be: float32 rounding passes, a swapped or missing component does not. */
export const unitQuaternionTolerance = 1e-4

export interface TrajectoryColumns {
  /** n integer microseconds. */
  readonly timesUs: ArrayLike<number>
  /** 3n metres. */
  readonly translations: ArrayLike<number>
  /** 4n, scalar first. */
  readonly rotations: ArrayLike<number>
  /** n source stamps in nanoseconds, strictly increasing. */
  readonly stampsNs?: BigInt64Array
}

/** Where the columns came from, for the error: the file, and the record (row, member) of sample i. */
export interface TrajectorySource {
  readonly file?: string
  /** What the trajectory is of, for instance "ego poses" or "track 4711". */
  readonly what?: string
  readonly recordOf?: (index: number) => string | number
  /** The source's names of its columns: time; x, y, z; quaternion. */
  readonly fields?: { readonly time?: string; readonly translation?: readonly [string, string, string]; readonly rotation?: string }
}

/**
 * Checks and copies columns into a trajectory.
 *
 * Times must be safe integers in strictly increasing order. Where nanosecond stamps are given these must be strictly increasing, and
 * two samples less than a microsecond apart may share their `timesUs`. Values must be finite and rotations unit quaternions
 * within `unitQuaternionTolerance`; they are kept as given, so that a writer can give them back.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file, record and field
 */
export function buildTrajectory(columns: TrajectoryColumns, source: TrajectorySource = {}): Trajectory {
  const timesUs = Float64Array.from(columns.timesUs)
  const translations = Float64Array.from(columns.translations)
  const rotations = Float64Array.from(columns.rotations)
  const { stampsNs } = columns
  const n = timesUs.length
  const timeField = source.fields?.time ?? 'time'
  const axisFields = source.fields?.translation ?? ['translation x', 'translation y', 'translation z']
  const rotationField = source.fields?.rotation ?? 'rotation'
  const fail = (index: number | undefined, field: string, message: string, expected: string): never => {
    const record = index === undefined ? undefined : (source.recordOf?.(index) ?? index)
    const place: ErrorPlace = { file: source.file, record, field, expected }
    throw new VirgaError('VIRGA_BAD_INPUT', `${source.what ?? 'trajectory'}: ${message}`, place)
  }
  if (n === 0) fail(undefined, timeField, 'no samples', 'at least one pose')
  if (translations.length !== 3 * n || rotations.length !== 4 * n || (stampsNs !== undefined && stampsNs.length !== n)) {
    fail(
      undefined,
      'columns',
      `${n} times, ${translations.length} translation and ${rotations.length} rotation values`,
      '1, 3 and 4 values per sample',
    )
  }
  for (let i = 0; i < n; i++) {
    if (!Number.isSafeInteger(timesUs[i])) fail(i, timeField, `time ${timesUs[i]} is not a safe integer`, 'integer microseconds')
    if (i > 0) {
      const ordered = stampsNs === undefined ? timesUs[i] > timesUs[i - 1] : stampsNs[i] > stampsNs[i - 1] && timesUs[i] >= timesUs[i - 1]
      if (!ordered) {
        const [before, now] = stampsNs === undefined ? [timesUs[i - 1], timesUs[i]] : [stampsNs[i - 1], stampsNs[i]]
        fail(
          i,
          timeField,
          now === before ? `time ${now} appears twice` : `time goes backwards from ${before} to ${now}`,
          'strictly increasing times',
        )
      }
    }
    for (let axis = 0; axis < 3; axis++) {
      const value = translations[3 * i + axis]
      if (!Number.isFinite(value)) fail(i, axisFields[axis], `translation is ${value}`, 'a finite number of metres')
    }
    const norm = Math.hypot(rotations[4 * i], rotations[4 * i + 1], rotations[4 * i + 2], rotations[4 * i + 3])
    if (!(Math.abs(norm - 1) <= unitQuaternionTolerance))
      fail(i, rotationField, `quaternion has norm ${norm}`, 'a unit quaternion w, x, y, z')
  }
  return stampsNs === undefined ? { timesUs, translations, rotations } : { timesUs, translations, rotations, stampsNs: stampsNs.slice() }
}
