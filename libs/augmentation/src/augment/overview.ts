import { rm } from 'node:fs/promises'
import type { RgbImage } from '@virga/scenario'
import { openVideo } from '@virga/video'
import { contactSheet, type SheetRow } from '../report/contact-sheet.ts'
import { reportPage, type ReportPanel, type ReportSection } from '../report/report-page.ts'
import type { BlobStore } from '../ports/blob-store.ts'
import type { Publication } from '../ports/publication.ts'
import { runStage } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { publishBytes } from './publish.ts'
import type { AugmentResult, PublishedCamera, PublishedVideo } from './types.ts'

/** Bump when sheet or page look different. */
const overviewVersion = 2
const sheetColumns = 5

interface Panel {
  readonly title: string
  readonly subtitle: string
  readonly kind: ReportPanel['kind']
  readonly video: PublishedVideo
}

/** What was made, and where it comes from. */
export interface Overview extends Omit<AugmentResult, 'contactSheet' | 'report'> {
  readonly about: {
    /** Format, licence and digest of the drive. */
    readonly format: string
    readonly licence: string | null
    readonly digest: string
    readonly bundle: { readonly name: string; readonly version: string; readonly digest: string }
  }
}

/** Layout only as soon as one variant promises no more. */
export function promiseOf(cameras: readonly PublishedCamera[]): AugmentResult['promise'] {
  const manifests = cameras.flatMap(({ variants }) => variants.map(({ manifest }) => manifest))
  return manifests.every(({ composition }) => composition.promise !== 'layout-only') ? 'structure-of-the-source-pixels' : 'layout-only'
}

/** Makes contact-sheet.png and report.html from the videos, as they lie in the store. */
export async function publishOverview(host: StageContext, publication: Publication, result: Overview): Promise<void> {
  const sections = result.cameras.map((camera) => ({ camera, panels: panelsOf(camera) }))
  const inputs = Object.fromEntries(sections.flatMap(({ panels }) => panels.map(({ video }) => [video.file, video.sha256])))
  const labels = sections.map(({ camera, panels }) => [camera.camera, ...panels.map(({ title, subtitle }) => [title, subtitle])])
  const spec = { version: overviewVersion, inputs, total: sections.reduce((sum, { panels }) => sum + panels.length, 0), unit: 'videos' }
  const common = {
    scenario: result.scenario,
    frames: result.frames,
    fps: result.fps,
    promise: result.promise,
    labels,
    licence: result.about.licence,
  }
  const sheet = await runStage(
    host,
    { ...spec, name: 'contact-sheet', title: 'contact sheet', config: common, outputs: ['png'] as const },
    async ({ advance }) => {
      const indices = Array.from({ length: Math.min(sheetColumns, result.frames) }, (_, i, all = Math.min(sheetColumns, result.frames)) =>
        all === 1 ? 0 : Math.round((i * (result.frames - 1)) / (all - 1)),
      )
      const rows: SheetRow[] = []
      for (const { camera, panels } of sections) {
        for (const { title, subtitle, video } of panels) {
          const prefix = sections.length > 1 ? `${camera.camera}: ` : ''
          rows.push({ title: prefix + title, subtitle, images: await framesOf(host, video, indices) })
          advance(rows.length)
        }
      }
      const png = await contactSheet({
        heading: `${result.scenario} · ${sections.map(({ camera }) => camera.camera).join(', ')}`,
        note: `${result.frames} frames at ${result.fps} per second. Rows marked as variants are AI-generated (${promiseText(result.promise)}).`,
        columns: indices.map((index) => `${(index / result.fps).toFixed(2)} s`),
        rows,
      })
      return { outputs: { png: await host.store.put(png) } }
    },
  )
  await publication.publish('contact-sheet.png', sheet.outputs.png)
  const page = await reportOf(host.store, result, sections)
  await publishBytes(host.store, publication, 'report.html', new TextEncoder().encode(page))
}

function panelsOf(camera: PublishedCamera): Panel[] {
  return [
    ...(camera.source === undefined
      ? []
      : [{ title: 'source', subtitle: 'camera video as read', kind: 'source' as const, video: camera.source }]),
    ...camera.variants.map((video) => {
      const { weather, lighting } = video.manifest.variant
      return {
        title: `${weather} / ${lighting}`,
        subtitle: `variant, AI-generated, ${video.width}x${video.height}`,
        kind: 'variant' as const,
        video,
      }
    }),
    ...camera.conditions.map((video) => ({
      title: video.control,
      subtitle: `condition: ${video.detail}`,
      kind: 'condition' as const,
      video,
    })),
  ]
}

const refOf = ({ sha256, bytes }: PublishedVideo) => ({ sha256, size: bytes })

async function framesOf(host: StageContext, published: PublishedVideo, indices: readonly number[]): Promise<RgbImage[]> {
  const path = host.scratch('.mp4')
  try {
    await host.store.copyTo(refOf(published), path)
    return await pick(path, indices)
  } finally {
    await rm(path, { force: true })
  }
}

async function pick(path: string, indices: readonly number[]): Promise<RgbImage[]> {
  const video = await openVideo(path)
  try {
    const images: RgbImage[] = []
    let at = 0
    for await (const image of video) {
      if (indices.includes(at++)) images.push(image)
    }
    return images
  } finally {
    await video.close()
  }
}

async function bytesOf(store: BlobStore, published: PublishedVideo): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of store.get(refOf(published))) parts.push(part)
  return Buffer.concat(parts)
}

async function reportOf(
  store: BlobStore,
  result: Overview,
  sections: readonly { readonly camera: PublishedCamera; readonly panels: readonly Panel[] }[],
): Promise<string> {
  const { scenario, about } = result
  const { bundle } = about
  const filled: ReportSection[] = []
  for (const { camera, panels } of sections) {
    const videos: ReportPanel[] = []
    for (const { video, ...panel } of panels) {
      videos.push({ ...panel, width: video.width, height: video.height, video: await bytesOf(store, video) })
    }
    filled.push({ title: `Camera ${camera.camera}`, panels: videos, facts: camera.variants.map(factsOf) })
  }
  const first = result.cameras[0]?.variants[0]?.manifest
  return reportPage({
    title: `Variants of ${scenario}`,
    statements: statementsOf(result),
    summary: [
      ['Scenario', scenario],
      ['Format', about.format],
      ['Licence of the source', about.licence ?? 'the source states none'],
      ['Source digest', about.digest.slice(0, 16)],
      ['Frames', `${result.frames} at ${result.fps} per second`],
      ['Model bundle', `${bundle.name} ${bundle.version} (${bundle.digest.slice(0, 16)})`],
      ['Provider', first?.execution.provider ?? '-'],
      ['Renderer', `${first?.rendering.version ?? '-'}, ${first?.rendering.adapter.kind ?? '-'}`],
    ],
    fps: result.fps,
    frames: result.frames,
    factColumns: ['Variant', 'Prompt', 'Seed', 'Steps', 'Guidance', 'Control weights', 'Road', 'Composition', 'Video', 'Video sha256'],
    sections: filled,
  })
}

function factsOf({ manifest, width, height }: PublishedCamera['variants'][number]): string[] {
  const weights = Object.entries(manifest.conditions).flatMap(([name, { weight }]) => (weight > 0 ? [`${name} ${weight}`] : []))
  return [
    `${manifest.variant.weather} / ${manifest.variant.lighting}`,
    manifest.prompt,
    String(manifest.seed),
    String(manifest.steps),
    String(manifest.guidance),
    weights.join(', '),
    manifest.variant.surface,
    manifest.composition.description,
    `${width}x${height}, ${manifest.video.codec} ${manifest.video.pixelFormat}`,
    manifest.video.sha256.slice(0, 16),
  ]
}

function statementsOf(result: Overview): string[] {
  const model =
    result.promise === 'layout-only'
      ? 'The drive has no camera video here: variants promise layout only. Positions of lanes, crossings and objects follow the drive; textures, and what lies between, are invented.'
      : "Variants keep the structure of the source's own pixels: the source is relit for the look asked for, and the network's change is added along the source's edges. New objects, spray or snowfall are only as good as that change."
  return [
    'Videos marked AI-generated are not recordings.',
    model,
    'No verdict has been computed for these variants: whether each still obeys the labels of the source has not been checked automatically.',
  ]
}

function promiseText(promise: AugmentResult['promise']): string {
  return promise === 'layout-only' ? 'layout only' : "on the source's own pixels"
}
