import { type BlobRef, type BlobStore, canonicalJson, safeName } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import { readJson } from '../tasks/plan.ts'

const schema = 'virga.scenario-files/1'
const largestCount = 200_000
const longestPath = 1024

const manifest = z.strictObject({
  schema: z.literal(schema),
  /** Name of the folder: logs without a name of their own are called by it. */
  name: z.string().min(1),
  files: z.record(z.string(), z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() })),
})

/** The files of a scenario by path. */
export type ScenarioManifest = z.infer<typeof manifest>

/**
 * Keeps the list of a scenario's files: the same files under the same name are the same blob.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a path that is none, VIRGA_TOO_LARGE for too many files
 */
export async function putManifest(store: BlobStore, name: string, files: Readonly<Record<string, BlobRef>>): Promise<BlobRef> {
  const paths = Object.keys(files)
  if (paths.length === 0) throw new VirgaError('VIRGA_BAD_INPUT', 'no files', { field: 'files', expected: 'the files of a log' })
  if (paths.length > largestCount)
    throw new VirgaError('VIRGA_TOO_LARGE', `${paths.length} files`, { field: 'files', expected: `at most ${largestCount}` })
  checkPaths(paths)
  const refs = Object.fromEntries(Object.entries(files).map(([path, { sha256, size }]) => [path, { sha256, size }]))
  return store.put(new TextEncoder().encode(canonicalJson({ schema, name: folderName(name), files: refs })))
}

/** @throws VirgaError VIRGA_BAD_INPUT, VIRGA_DIGEST_MISMATCH */
export async function readManifest(store: BlobStore, ref: BlobRef): Promise<ScenarioManifest> {
  const result = manifest.safeParse(await readJson(store, ref))
  if (!result.success)
    throw new VirgaError('VIRGA_BAD_INPUT', `no ${schema}`, {
      file: `blob ${ref.sha256}`,
      field: result.error.issues[0]?.path.join('.') ?? '',
    })
  checkPaths(Object.keys(result.data.files))
  return result.data
}

/** A folder's name, never hidden. */
const folderName = (name: string): string => safeName(name.slice(0, 200)).replace(/^\.+/, '_')

/**
 * Paths come from outside: they stay below the folder, and none is a file and a folder at once.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the path
 */
function checkPaths(paths: readonly string[]): void {
  const refuse = (path: string, message: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, {
      file: path.slice(0, longestPath),
      field: 'path',
      expected: 'parts divided by "/", none of them empty, "." or ".."',
    })
  }
  const files = new Set(paths)
  for (const path of paths) {
    const parts = path.split('/')
    const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && part.length <= 255)
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (!isPlain || path.length > longestPath || /[\u0000-\u001f\\]/.test(path)) refuse(path, 'no path below a folder')
    for (let i = 1; i < parts.length; i++)
      if (files.has(parts.slice(0, i).join('/'))) refuse(path, `${parts.slice(0, i).join('/')} is a file and a folder`)
  }
}
