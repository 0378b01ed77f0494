import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { openVideo } from '@virga/video'
import { contactSheet, type SheetRow } from '../report/contact-sheet.ts'
import { reportPage, type ReportPanel, type ReportSection } from '../report/report-page.ts'
import { runStage } from '../stage/run-stage.ts'
import type { DriveInput } from './drive-input.ts'
import { publishBytes } from './publish.ts'
import type { AugmentHost, AugmentRequest, AugmentResult, PublishedCamera, PublishedVideo } from './types.ts'

/** Bump when sheet or page look different. */
const overviewVersion = 2
const sheetColumns = 5

interface Panel {
  readonly title: string
  readonly subtitle: string
  readonly kind: ReportPanel['kind']
  readonly video: PublishedVideo
}

/** Writes contact-sheet.png and report.html from the published videos. */
export async function publishOverview(host: AugmentHost, request: AugmentRequest, drive: DriveInput, result: AugmentResult): Promise<void> {
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
    licence: drive.scenario.origin.licence ?? null,
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
          rows.push({ title: prefix + title, subtitle, images: await framesOf(join(request.out, video.file), indices) })
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
  await host.store.copyTo(sheet.outputs.png, result.contactSheet)
  const page = await reportOf(request, drive, result, sections)
  await publishBytes(host, request.out, 'report.html', new TextEncoder().encode(page))
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

async function framesOf(path: string, indices: readonly number[]): Promise<RgbImage[]> {
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

async function reportOf(
  request: AugmentRequest,
  drive: DriveInput,
  result: AugmentResult,
  sections: readonly { readonly camera: PublishedCamera; readonly panels: readonly Panel[] }[],
): Promise<string> {
  const { scenario } = drive
  const { manifest, digest } = request.bundle
  const filled: ReportSection[] = []
  for (const { camera, panels } of sections) {
    const videos: ReportPanel[] = []
    for (const { video, ...panel } of panels) {
      videos.push({ ...panel, width: video.width, height: video.height, video: await readFile(join(request.out, video.file)) })
    }
    filled.push({ title: `Camera ${camera.camera}`, panels: videos, facts: camera.variants.map(factsOf) })
  }
  const first = result.cameras[0]?.variants[0]?.manifest
  return reportPage({
    title: `Variants of ${scenario.id}`,
    statements: statementsOf(result),
    summary: [
      ['Scenario', scenario.id],
      ['Format', scenario.origin.format],
      ['Licence of the source', scenario.origin.licence ?? 'the source states none'],
      ['Source digest', drive.digest.slice(0, 16)],
      ['Frames', `${result.frames} at ${result.fps} per second`],
      ['Model bundle', `${manifest.name} ${manifest.version} (${digest.slice(0, 16)})`],
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

function statementsOf(result: AugmentResult): string[] {
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
