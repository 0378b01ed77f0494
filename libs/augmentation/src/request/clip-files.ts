import type { Scenario } from '@virga/scenario'
import type { FolderPart } from '../digest/folder-digest.ts'

/** The files of a log below its folder: of an RDS-HQ data set with many clips those named after the clip; undefined for all of them. */
export function clipFiles({ origin, id }: Pick<Scenario, 'origin' | 'id'>): FolderPart | undefined {
  if (origin.format !== 'rds-hq') return undefined
  return { name: id, has: (file) => file.split('/').some((part) => part.startsWith(`${id}.`)) }
}
