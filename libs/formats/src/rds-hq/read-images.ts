import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Camera, CameraFrames, MissingPart, RgbImage } from '@virga/scenario'
import { frameOffsetUs, framesPerSecond } from './layout.ts'

/** A video that has not been asked for a frame for so long is closed. */
const idleMs = 2000

/**
 * The RGB videos `<kind>_<camera>/<clip>.mp4`. Their packets are counted now (that takes FFmpeg no decoding); frames are decoded when asked for, best
 * in order. A video at 30 Hz shows every frame, one at 10 Hz every third.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a file that is no video, or has another shape of image than the camera
 */
export async function readImages(
  root: string,
  clip: string,
  kind: 'ftheta' | 'pinhole',
  cameras: readonly Camera[],
  span: { readonly startUs: number; readonly frames: number },
): Promise<{ images: Map<string, CameraFrames>; notes: MissingPart[] }> {
  const images = new Map<string, CameraFrames>()
  const notes: MissingPart[] = []
  for (const camera of cameras) {
    const file = join(root, `${kind}_${camera.name}`, `${clip}.mp4`)
    if ((await stat(file).catch(() => undefined))?.isFile() !== true) continue
    const { openVideo } = await import('@virga/video')
    const video = await openVideo(file)
    const { width, height, fps, frames } = video
    await video.close()
    const step = Math.max(1, Math.round(framesPerSecond / fps))
    if (Math.abs(width / height / (camera.width / camera.height) - 1) > 0.01) {
      const place = { file, field: 'size', expected: `the shape of the camera's ${camera.width} x ${camera.height}` }
      throw new VirgaError('VIRGA_BAD_INPUT', `video has ${width} x ${height} pixels`, place)
    }
    const detail: string[] = []
    if (Math.abs(framesPerSecond / step / fps - 1) > 0.02)
      detail.push(`has ${fps.toFixed(2)} frames a second: frames are taken as ${framesPerSecond / step} Hz`)
    const shown = Math.min(frames, Math.ceil(span.frames / step))
    if (frames !== Math.ceil(span.frames / step)) detail.push(`has ${frames} frames for the ${Math.ceil(span.frames / step)} of the poses`)
    notes.push(...detail.map((text): MissingPart => ({ part: 'images', detail: `${kind}_${camera.name}/<clip>.mp4 ${text}` })))
    const timesUs = Float64Array.from({ length: shown }, (_, i) => span.startUs + frameOffsetUs(i * step))
    images.set(camera.name, { timesUs, load: lazyFrames(file, shown) })
  }
  if (images.size === 0) notes.push({ part: 'images', detail: `no ${kind}_<camera>/<clip>.mp4` })
  return { images, notes }
}

/** Decodes forwards from where the last call ended; a call for an earlier frame begins again. One call at a time. */
function lazyFrames(file: string, count: number): (index: number) => Promise<RgbImage> {
  let open: { frames: AsyncGenerator<RgbImage, void, undefined>; next: number; close(): Promise<void> } | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  const close = async (): Promise<void> => {
    const closing = open
    open = undefined
    await closing?.close()
  }
  const closeWhenIdle = (): void => {
    clearTimeout(idle)
    idle = setTimeout(() => {
      turn = turn.then(close)
    }, idleMs)
    idle.unref()
  }
  const load = async (index: number): Promise<RgbImage> => {
    clearTimeout(idle)
    if (open === undefined || index < open.next) {
      await close()
      const video = await (await import('@virga/video')).openVideo(file)
      open = { frames: video.read({ start: index }), next: index, close: () => video.close() }
    }
    for (;;) {
      const { value, done } = await open.frames.next()
      if (done === true || value === undefined) throw new VirgaError('VIRGA_BAD_INPUT', `video has no frame ${index}`, { file })
      if (open.next++ === index) return value
    }
  }
  return async (index) => {
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `video has no frame ${index}`, { file, expected: `0 to ${count - 1}` })
    }
    const result = turn.then(() => load(index))
    turn = result.catch(close).then(closeWhenIdle)
    return result
  }
}
