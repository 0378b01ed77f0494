import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { BlobStore } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { FolderCache } from './folder-cache.ts'
import { readManifest } from './manifest.ts'
import type { ScenarioFiles } from './source.ts'
import { writeFiles } from './write-files.ts'

export interface ScenarioFilesOptions {
  readonly store: BlobStore
  /** Where files from the store are put; any number of processes may share it. */
  readonly cacheFolder: string
  /** Folders below which `file:` scenarios may lie; none: they are refused. */
  readonly roots?: readonly string[]
  /** What has not been used for longest goes when the cache is larger; default 50 GiB. */
  readonly maxBytes?: number
}

/** The files of scenarios on this machine: from the store by way of a cache, or in place below an allowed root. */
export function scenarioFiles({ store, cacheFolder, roots = [], maxBytes = 50 * 2 ** 30 }: ScenarioFilesOptions): ScenarioFiles {
  const cache = new FolderCache(resolve(cacheFolder), maxBytes)
  return {
    open: async (source, signal) => {
      if (source.kind === 'folder') return { path: await allowed(source.path, roots), release: () => undefined }
      const { name, files } = await readManifest(store, source.manifest)
      const bytes = Object.values(files).reduce((sum, { size }) => sum + size, 0)
      return cache.open(source.manifest.sha256, { name, bytes, signal, fill: (folder) => writeFiles(store, files, folder, signal) })
    },
  }
}

/** @throws VirgaError VIRGA_FORBIDDEN outside of all roots, links followed; VIRGA_BAD_INPUT where there is nothing */
async function allowed(path: string, roots: readonly string[]): Promise<string> {
  const forbidden = (): VirgaError =>
    new VirgaError('VIRGA_FORBIDDEN', 'this folder may not be read', {
      file: path,
      field: 'uri',
      expected: roots.length === 0 ? 'no file: scenarios, none are allowed here' : `a folder below ${roots.join(', ')}`,
    })
  const isBelow = (place: string, root: string) => place === root || place.startsWith(root.endsWith(sep) ? root : root + sep)
  // Before links are followed, so that nothing is told about places outside.
  if (!roots.some((root) => isBelow(resolve(path), resolve(root)))) throw forbidden()
  const real = await realpath(path).catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_INPUT', 'there is no such folder', { file: path, field: 'uri', expected: 'a log' }, { cause })
  })
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => resolve(root))))
  if (!realRoots.some((root) => isBelow(real, root))) throw forbidden()
  return path
}
