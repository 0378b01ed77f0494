import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { checkDigest, checkPresent } from './digest.ts'
import { type BundleFile, type BundleGraph, type BundleManifest, parseManifest } from './manifest.ts'

/** A model on disk whose manifest has been read; its files are checked against their digests when they are opened. */
export interface Bundle {
  readonly dir: string
  readonly manifest: BundleManifest
  /** sha256 of manifest.json, which states the digest of every other file: names the bundle's exact content. */
  readonly digest: string
}

/** The file of a graph, and that of its weights where they lie beside it. */
export function graphFiles(graph: BundleGraph): BundleFile[] {
  return graph.data === undefined ? [graph] : [graph, graph.data]
}

/** Every file that the manifest lists. */
export function bundleFiles(manifest: BundleManifest): BundleFile[] {
  const optional = [manifest.relight, manifest.vocabulary, manifest.licenceText].filter((entry) => entry !== undefined)
  const files = [...Object.values(manifest.graphs).flatMap(graphFiles), ...optional]
  return [...new Map(files.map((entry) => [entry.file, { file: entry.file, sha256: entry.sha256, bytes: entry.bytes }])).values()]
}

/**
 * Reads a bundle's manifest and checks that every file is there with its size. Digests are checked when a file is first used, all of them by
 * `verifyBundle`.
 *
 * @throws VirgaError VIRGA_BAD_BUNDLE when the folder holds no bundle, the manifest cannot be read or a file is missing;
 *   VIRGA_DIGEST_MISMATCH when a file has another size
 */
export async function loadBundle(dir: string): Promise<Bundle> {
  const folder = resolve(dir)
  const path = join(folder, 'manifest.json')
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VirgaError(
      'VIRGA_BAD_BUNDLE',
      'no model bundle',
      { file: path, expected: 'a folder with a readable manifest.json' },
      { cause },
    )
  })
  const manifest = parseManifest(bytes.toString('utf8'), path)
  for (const entry of bundleFiles(manifest)) await checkPresent(folder, entry)
  return { dir: folder, manifest, digest: createHash('sha256').update(bytes).digest('hex') }
}

/** One file's result of `verifyBundle`. */
export interface VerifiedFile extends BundleFile {
  readonly ok: true
}

/**
 * Reads every file of a bundle and compares it with its digest.
 *
 * @returns the files, all of them right
 * @throws VirgaError VIRGA_DIGEST_MISMATCH naming the first file that differs, with both digests; otherwise as `loadBundle`
 */
export async function verifyBundle(dir: string): Promise<{ bundle: Bundle; files: VerifiedFile[] }> {
  const bundle = await loadBundle(dir)
  const files: VerifiedFile[] = []
  for (const entry of bundleFiles(bundle.manifest)) {
    await checkDigest(bundle.dir, entry)
    files.push({ ...entry, ok: true })
  }
  return { bundle, files }
}
