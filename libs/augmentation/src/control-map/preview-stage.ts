import type { RgbImage } from '@virga/scenario'
import type { Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'
import type { ControlMapResult } from './control-map-stage.ts'
import { controlMapPreview } from './preview.ts'

/** Bump when the sheet looks otherwise. */
const previewVersion = 1

export interface ControlMapPreviewInput extends Size {
  readonly title: string
  readonly cameraName: string
  readonly controlMap: ControlMapResult
  readonly fps: number
  /** Of the map's size, one per frame; their digest. */
  readonly pictures?: () => AsyncIterable<RgbImage>
  readonly picturesDigest?: string
}

/** The video of a stored control map: heat maps of every control over the pictures. */
export function controlMapPreviewStage(context: StageContext, input: ControlMapPreviewInput): Promise<StageResult<'video'>> {
  const { controlMap, title, cameraName, fps, width, height } = input
  const { controls, frames } = controlMap.facts
  const spec = {
    name: 'control-map-preview',
    version: previewVersion,
    title: `show control map (${cameraName})`,
    inputs: {
      ...Object.fromEntries(controlMap.blobs.map(({ sha256 }, i) => [`frames:${i}`, sha256])),
      ...(input.picturesDigest === undefined ? {} : { pictures: input.picturesDigest }),
    },
    config: { controls, title, fps, width, height, encoding: videoEncoding },
    outputs: ['video'] as const,
    total: frames,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const sheet = await controlMapPreview({ width, height, controls, title, cellWidth: Math.min(480, Math.max(320, width)) })
    async function* drawn(): AsyncGenerator<RgbImage> {
      const pictures = input.pictures?.()[Symbol.asyncIterator]()
      let done = 0
      try {
        for await (const planes of controlMap.map.read(controls, 0, frames)) {
          const picture = await pictures?.next()
          yield sheet.draw(planes, picture === undefined || picture.done === true ? undefined : picture.value)
          advance(++done)
        }
      } finally {
        await pictures?.return?.()
      }
    }
    const comment = `Virga control map ${title}, camera ${cameraName}`
    return { outputs: { video: await putVideo(context, { width: sheet.width, height: sheet.height, fps, comment }, drawn()) } }
  })
}
