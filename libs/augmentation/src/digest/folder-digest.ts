import { createHash } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isVirgaError, VirgaError } from '@virga/errors'
import { z } from 'zod'
import type { BlobStore } from '../ports/blob-store.ts'
import type { Clock } from '../ports/clock.ts'
import { throwIfCancelled } from '../stage/cancel.ts'
import { digestOf } from './digest.ts'

const entrySchema = z.object({
  files: z.record(z.string(), z.object({ size: z.number(), mtimeNs: z.string(), inode: z.string(), sha256: z.string() })),
})
type Known = z.infer<typeof entrySchema>['files']

export interface FolderDigest {
  /** SHA-256 over the sorted list of (relative path, content digest). */
  readonly sha256: string
  readonly files: number
  readonly bytes: number
}

/** Some of the files of a folder: of a data set of many clips, those of one. */
export interface FolderPart {
  readonly name: string
  /** Whether a file, by its path below the folder, belongs to it. */
  has(file: string): boolean
}

/** A file changed within this time of being read may change again without its time stamp moving, so its digest is not remembered. */
const settleMs = 2_000

/**
 * The digest of everything in a folder (or of one file): content, not place or time, so a copied log has the same digest.
 *
 * Contents are read once: the store remembers each file's digest with its size, inode and modification time in nanoseconds.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when a file cannot be read
 */
export async function folderDigest(
  store: BlobStore,
  clock: Clock,
  path: string,
  signal?: AbortSignal,
  part?: FolderPart,
): Promise<FolderDigest> {
  const root = await realpath(path).catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_INPUT', 'cannot be read', { file: path, expected: 'a folder or file that exists' }, { cause })
  })
  const memoKey = createHash('sha256')
    .update(part === undefined ? root : `${root}\n${part.name}`)
    .digest('hex')
  const parsed = entrySchema.safeParse(await store.readEntry('file-digests', memoKey))
  const known: Known = parsed.success ? parsed.data.files : {}
  const fresh: Known = {}
  const list: { path: string; sha256: string }[] = []
  let bytes = 0
  let changed = false
  const nameOf = (file: string): string => relative(root, file).split(sep).join('/') || '.'
  for (const file of await filesBelow(root, (path) => part?.has(nameOf(path)) !== false)) {
    throwIfCancelled(signal)
    const name = nameOf(file)
    const facts = await stat(file, { bigint: true })
    const size = Number(facts.size)
    const mtimeNs = facts.mtimeNs.toString()
    const inode = facts.ino.toString()
    const before = known[name]
    let sha256: string
    if (before?.size === size && before.mtimeNs === mtimeNs && before.inode === inode) {
      sha256 = before.sha256
      fresh[name] = before
    } else {
      const settled = clock.now() - Number(facts.mtimeNs / 1_000_000n) > settleMs
      sha256 = await fileDigest(file)
      if (settled) fresh[name] = { size, mtimeNs, inode, sha256 }
      changed = true
    }
    list.push({ path: name, sha256 })
    bytes += size
  }
  if (changed) await store.writeEntry('file-digests', memoKey, { files: fresh })
  return { sha256: digestOf(list), files: list.length, bytes }
}

/** Files below a folder in a fixed order. Links are followed, since data sets often link to their images; a folder is entered once. */
async function filesBelow(root: string, wanted: (path: string) => boolean, entered = new Set<string>()): Promise<string[]> {
  const facts = await stat(root)
  if (!facts.isDirectory()) return facts.isFile() && wanted(root) ? [root] : []
  const real = await realpath(root)
  if (entered.has(real)) return []
  entered.add(real)
  const found: string[] = []
  for (const entry of await sortedEntries(root)) {
    const { name } = entry
    // Of a data set of many clips most files are not wanted: those are not even looked at.
    if (entry.isFile() && !wanted(join(root, name))) continue
    const below = await filesBelow(join(root, name), wanted, entered).catch((cause: unknown) => {
      if (isVirgaError(cause)) throw cause
      throw new VirgaError(
        'VIRGA_BAD_INPUT',
        'cannot be read',
        { file: join(root, name), expected: 'a readable file or folder' },
        { cause },
      )
    })
    found.push(...below)
  }
  return found
}

async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Uint8Array)
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'cannot be read', { file: path, expected: 'a readable file' }, { cause })
  }
  return hash.digest('hex')
}
