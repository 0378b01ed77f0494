import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Scenario } from '@virga/scenario'
import { digestOf } from '../digest/digest.ts'
import { clipFiles } from '../request/clip-files.ts'

/**
 * Names the state of a log's files by path, size and modification time, without reading them: what tells a later run that its source is still
 * the same. Of a data set with many clips only the clip's own files count.
 */
export async function sourceStamp({ origin, id }: Pick<Scenario, 'origin' | 'id'>): Promise<string> {
  const part = clipFiles({ origin, id })
  return digestOf(await listed(origin.uri, (file) => part?.has(file) !== false))
}

/** The same of one file. @throws as `stat` does */
export async function fileStamp(file: string): Promise<string> {
  return digestOf(await listed(file, () => true))
}

async function listed(root: string, wanted: (file: string) => boolean): Promise<{ file: string; size: number; mtimeNs: string }[]> {
  const facts = await stat(root)
  const base = facts.isDirectory() ? root : dirname(root)
  const files = facts.isDirectory()
    ? (await readdir(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name))
    : [root]
  const names = files.map((file) => relative(base, file).split(sep).join('/')).filter(wanted)
  const stamps = await Promise.all(
    names.sort().map(async (file) => {
      const { size, mtimeNs } = await stat(join(base, file), { bigint: true })
      return { file, size: Number(size), mtimeNs: mtimeNs.toString() }
    }),
  )
  return stamps
}
