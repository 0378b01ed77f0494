import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { VirgaError } from '@virga/errors'
import { digestOfFile } from './file-digest.ts'

/** A file of a log. */
export interface LogFile {
  /** Below the log's folder, parts divided by "/". */
  readonly path: string
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

export interface LogContent {
  readonly files: readonly LogFile[]
  /** Bytes. */
  readonly size: number
  /** SHA-256 over paths, digests and sizes. */
  readonly sha256: string
}

/**
 * Lists the files of a folder with their digests, in the order of their paths. Hidden ones are left out.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a folder that cannot be read or holds nothing; VIRGA_CANCELLED
 */
export async function readLogContent(folder: string, signal?: AbortSignal): Promise<LogContent> {
  const paths = (await pathsBelow(folder)).sort()
  const files: LogFile[] = []
  const all = createHash('sha256')
  let size = 0
  for (const path of paths) {
    if (signal?.aborted === true) throw new VirgaError('VIRGA_CANCELLED', 'the upload was cancelled')
    const digest = await readable(path, () => digestOfFile(join(folder, path)))
    files.push({ path, ...digest })
    all.update(`${JSON.stringify([path, digest.sha256, digest.size])}\n`)
    size += digest.size
  }
  if (files.length === 0) throw new VirgaError('VIRGA_BAD_INPUT', 'holds no files', { file: folder, expected: 'the folder of a log' })
  return { files, size, sha256: all.digest('hex') }
}

async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readable(folder, () => readdir(folder, { recursive: true, withFileTypes: true }))
  const paths: string[] = []
  for (const entry of entries) {
    const full = join(entry.parentPath, entry.name)
    const path = relative(folder, full).split(sep).join('/')
    if (path.split('/').some((part) => part.startsWith('.'))) continue
    if (entry.isFile() || (entry.isSymbolicLink() && (await readable(full, () => stat(full))).isFile())) paths.push(path)
  }
  return paths
}

async function readable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be read: ${message}`, { file, expected: 'the folder of a log' }, { cause })
  }
}
