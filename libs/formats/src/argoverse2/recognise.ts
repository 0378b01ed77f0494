import { join } from 'node:path'
import { exists, namesIn } from './files.ts'
import { mapFilePattern, parts } from './layout.ts'

/** What tells that a folder is an Argoverse 2 log; any one of these is enough, so that a log that lacks one gets an error that says so. */
export const argoverse2Marks = `${parts.poses}, ${parts.annotations}, ${parts.intrinsics} or ${parts.map}/log_map_archive_*.json`

export async function isArgoverse2(folder: string): Promise<boolean> {
  for (const part of [parts.poses, parts.annotations, parts.intrinsics, parts.extrinsics]) {
    if (await exists(join(folder, part))) return true
  }
  const maps = await namesIn(join(folder, parts.map)).catch(() => undefined)
  return maps?.some((name) => mapFilePattern.test(name)) ?? false
}
