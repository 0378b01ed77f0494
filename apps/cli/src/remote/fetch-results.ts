import { join } from 'node:path'
import { promiseOf, type PublishedVariant, type PublishedVideo, safeName, type VariantManifest, variantManifest } from '@virga/augmentation'
import { pages, type VirgaClient } from '@virga/client'
import type { Variant } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { ShownResult } from '../commands/print-result.ts'
import type { ProgressView } from '../terminal/progress-view.ts'

type Fetched = Omit<ShownResult, 'contactSheet' | 'report' | 'out'>

interface Place {
  readonly file: string
  readonly sha256: string
  /** Size of the file. */
  readonly bytes: number
}

/**
 * Brings the finished variants of an augmentation below a folder, in the layout of a local run. The manifest comes last: where it is, the video is.
 *
 * @param cameras in the order in which they were asked for
 */
export async function fetchVariants(
  client: VirgaClient,
  augmentation: string,
  cameras: readonly string[],
  out: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  const list = pages(
    (pageToken) => client.variants.listVariants({ parent: augmentation, pageSize: 200, pageToken }, { signal }),
    ({ variants }) => variants,
  )
  const made = new Map<string, PublishedVariant[]>(cameras.map((camera) => [camera, []]))
  const brought = new Map<string, Place[]>()
  for await (const variant of list) {
    const manifest = await manifestOf(client, variant, signal)
    const folder = `${safeName(manifest.scenario.id)}/${safeName(variant.camera)}`
    const own = `${folder}/${safeName(manifest.variant.name)}`
    const fetch = (path: string, below: string) => fetchFile(client, variant, path, `${below}/${path}`, out, view, signal)
    const shared: Place[] = brought.get(variant.camera) ?? []
    if (!brought.has(variant.camera)) {
      brought.set(variant.camera, shared)
      for (const { path } of variant.files) {
        if (path === 'source.mp4' || path.startsWith('conditions/')) shared.push(await fetch(path, folder))
      }
    }
    const video: PublishedVideo = { ...(await fetch('video.mp4', own)), width: manifest.video.width, height: manifest.video.height }
    const { file: manifestFile } = await fetch('manifest.json', own)
    made.get(variant.camera)?.push({ ...video, name: manifest.variant.name, manifestFile, manifest })
  }
  const [first] = [...made.values()].flat()
  if (first === undefined) return undefined
  const { scenario, video } = first.manifest
  const shown = [...made].map(([camera, variants]) => ({ camera, files: brought.get(camera) ?? [], variants }))
  const promise = promiseOf(shown.map((one) => ({ ...one, conditions: [] })))
  return { scenario: scenario.id, frames: video.frames, fps: video.fps, promise, cameras: shown }
}

async function manifestOf(client: VirgaClient, variant: Variant, signal: AbortSignal): Promise<VariantManifest> {
  const bytes = await client.readVariantFile(variant, 'manifest.json', { signal })
  try {
    return variantManifest.parse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      'the manifest cannot be read',
      { file: `${variant.name}/manifest.json`, expected: 'schema virga.variant/1' },
      { cause },
    )
  }
}

async function fetchFile(
  client: VirgaClient,
  variant: Variant,
  path: string,
  file: string,
  out: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Place> {
  const blob = variant.files.find((one) => one.path === path)?.blob
  const bytes = Number(blob?.sizeBytes ?? 0n)
  view.report({ kind: 'stage-started', stage: `download ${file}`, total: bytes, unit: 'B' })
  const isNew = await client.downloadVariantFile(variant, path, join(out, file), {
    signal,
    onBytes: (done, total) => view.report({ kind: 'stage-progress', stage: `download ${file}`, done, total }),
  })
  view.report({ kind: 'stage-finished', stage: `download ${file}`, reused: !isNew, key: blob?.sha256 ?? '' })
  return { file, sha256: blob?.sha256 ?? '', bytes }
}
