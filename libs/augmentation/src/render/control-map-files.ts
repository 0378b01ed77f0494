/// <reference lib="es2025.float16" />
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import type { LoadedControlMap } from '@virga/conditions'
import type { RenderDevice } from '@virga/rendering'
import type { Camera, Micros, RgbImage, Scenario } from '@virga/scenario'
import { createVideo, writePng } from '@virga/video'
import { openDriveMap } from '../control-map/drive-map.ts'
import { controlMapPreview } from '../control-map/preview.ts'
import { digestOf } from '../digest/digest.ts'
import type { Progress } from '../ports/progress.ts'
import { safeName } from '../request/safe-name.ts'
import type { View } from '../request/view.ts'
import { throwIfCancelled } from '../stage/cancel.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { npyParts } from '../stage/frame-blob.ts'
import { partialName } from '../stage/write-whole.ts'
import type { RenderView } from './control-pass.ts'
import { sha256Of } from './run-manifest.ts'

export interface ControlMapFilesRequest {
  readonly map: LoadedControlMap
  readonly scenario: Scenario
  readonly view: RenderView
  /** The view's camera as it sees the picture. */
  readonly camera: Camera
  /** The part of the camera's own image that the picture shows; default: all of it. */
  readonly window?: View
  readonly timesUs: readonly Micros[]
  readonly fps: number
  readonly controls: readonly string[]
  /** What the heat maps are laid over, frame by frame. */
  readonly background: AsyncIterable<RgbImage>
  readonly out: string
}

/** The files of one camera's control map, below the output folder. */
export interface ControlMapFiles {
  readonly camera: string
  readonly name: string
  /** SHA-256 of the document with all that it extends. */
  readonly digest: string
  readonly preview: string
  /** By control: NumPy float16 [T, H, W] in a Zstandard stream, as asked for (not divided by their sum). */
  readonly weights: Readonly<Record<string, { readonly file: string; readonly bytes: number; readonly sha256: string }>>
}

interface Host {
  readonly progress: Progress
  readonly signal?: AbortSignal
  openDevice(): Promise<RenderDevice>
}

/**
 * Draws a control map over one camera: `<camera>/control-map.mp4` and `.png` (heat maps over the picture) and
 * `<camera>/control-map/<control>.npy.zst`. One frame is held at a time; files get their names when they are complete.
 *
 * @throws VirgaError as `openDriveMap` does; VIRGA_CANCELLED; those of video
 */
export async function writeControlMap(host: Host, request: ControlMapFilesRequest): Promise<ControlMapFiles> {
  const { map, view, timesUs, fps, controls, out } = request
  const { width, height, camera } = view
  const name = map.spec.name ?? 'control-map'
  const stage = `control map ${name} (${camera.name})`
  const [total, unit] = [timesUs.length, 'frames']
  const folder = safeName(camera.name)
  host.progress.report({ kind: 'stage-started', stage, total, unit })
  const stream = await openDriveMap({
    map,
    scenario: request.scenario,
    camera: request.camera,
    ...(request.window === undefined ? {} : { view: request.window }),
    timesUs,
    fps,
    controls,
    width,
    height,
    openDevice: () => host.openDevice(),
  })
  const sheet = await controlMapPreview({ controls, width, height, title: name })
  const preview = join(folder, 'control-map.mp4')
  const video = await createVideo(join(out, preview), {
    width: sheet.width,
    height: sheet.height,
    fps,
    comment: `Virga control map ${name}`,
  })
  const lanes = controls.map(() => new Lane<Float16Array>())
  const files = controls.map((control) => join(folder, 'control-map', `${control}.npy.zst`))
  const background = request.background[Symbol.asyncIterator]()
  try {
    await fanOut(
      lanes,
      async () => {
        let done = 0
        for await (const planes of stream) {
          throwIfCancelled(host.signal)
          const picture = await background.next()
          const drawn = sheet.draw(planes, picture.done === true ? undefined : picture.value)
          if (done === 0) await writePng(join(out, folder, 'control-map.png'), drawn)
          await video.write(drawn)
          for (const [i, plane] of planes.entries()) await lanes[i].push(Float16Array.from(plane))
          host.progress.report({ kind: 'stage-progress', stage, done: ++done, total, unit })
        }
      },
      lanes.map((lane, i) => writeWeights(join(out, files[i]), { type: '<f2', frame: [height, width] }, total, lane)),
    )
    await video.finish()
  } finally {
    await background.return?.()
    await video.abort()
  }
  for (const message of stream.notes()) host.progress.report({ kind: 'note', message })
  host.progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
  const weights = await Promise.all(
    files.map(async (file) => ({ file, bytes: (await stat(join(out, file))).size, sha256: await sha256Of(join(out, file)) })),
  )
  const named = Object.fromEntries(controls.map((control, i) => [control, weights[i]]))
  return { camera: camera.name, name, digest: digestOf(map.spec), preview, weights: named }
}

async function writeWeights(
  path: string,
  shape: Parameters<typeof npyParts>[0],
  frames: number,
  planes: AsyncIterable<Float16Array>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const partial = partialName(path)
  try {
    const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } })
    await pipeline(npyParts(shape, frames, planes), compress, createWriteStream(partial))
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}
