import { access, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { openVideo, readImage } from '@virga/video'
import { resizeArea, resizeLinear, resizeNearest } from '../resize.ts'
import { labelColours, nearestLabelMask } from './label-colours.ts'
import type { ControlMapScene } from './scene.ts'
import type { ImageSource, LabelledSource, VideoMaskSource } from './spec.ts'

/** The mask of a frame, 0..255; frames are asked for in order. */
export interface PictureMask {
  at(frame: number): Promise<Uint8Array>
  close?(): Promise<void>
}

type Size = Pick<ControlMapScene, 'width' | 'height'>

/** A picture's brightest channel, brought to the map's size. */
export function brightness(image: RgbImage, { width, height }: Size, { fit, threshold }: Omit<ImageSource, 'file'>): Uint8Array {
  const same = image.width === width && image.height === height
  const resized = same ? image : { linear: resizeLinear, nearest: resizeNearest, area: resizeArea }[fit](image, width, height)
  const { data } = resized
  const result = new Uint8Array(width * height)
  for (let i = 0; i < result.length; i++) result[i] = Math.max(data[3 * i], data[3 * i + 1], data[3 * i + 2])
  if (threshold !== undefined) for (let i = 0; i < result.length; i++) result[i] = result[i] >= threshold * 255 ? 255 : 0
  return result
}

const frameNumber = /%(0(\d{1,2}))?d/

/** Whether a file name stands for one file per frame. */
export const isPattern = (file: string): boolean => frameNumber.test(file)

/** The file of a frame: one %d or %04d in the name is replaced by the frame's number from 0. */
export function fileOfFrame(file: string, frame: number): string {
  return file.replace(frameNumber, (_, _zeros, digits?: string) => String(frame).padStart(Number(digits ?? 0), '0'))
}

async function readFrame(file: string, frame: number, folder: string): Promise<RgbImage> {
  const path = resolve(folder, fileOfFrame(file, frame))
  await access(path).catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_INPUT', `no mask for frame ${frame}`, { file: path, expected: 'a picture for every frame' }, { cause })
  })
  return readImage(path)
}

/** Calls `make` once where the picture is the same for all frames. */
function perFrame(pattern: string, make: (frame: number) => Promise<Uint8Array>): PictureMask {
  if (isPattern(pattern)) return { at: make }
  let only: Promise<Uint8Array> | undefined
  return { at: () => (only ??= make(0)) }
}

export function imageMask(source: ImageSource, scene: ControlMapScene): PictureMask {
  const folder = scene.folder ?? '.'
  return perFrame(source.file, async (frame) => brightness(await readFrame(source.file, frame, folder), scene, source))
}

/** Foreground by the nearest label colour; the classes are found before the picture is resized, by nearest pixel. */
export function labelledMask(source: LabelledSource, scene: ControlMapScene): PictureMask {
  const folder = scene.folder ?? '.'
  let labels: Promise<Awaited<ReturnType<typeof labelColours>>> | undefined
  return perFrame(source.image, async (frame) => {
    labels ??= readLabelFiles(source.labels, scene.frames, folder)
    const image = await readFrame(source.image, frame, folder)
    const mask = nearestLabelMask(image, await labels, source.contains)
    const data = new Uint8Array(mask.length * 3)
    for (let i = 0; i < mask.length; i++) data.fill(mask[i], 3 * i, 3 * i + 3)
    return brightness({ width: image.width, height: image.height, data }, scene, { fit: 'nearest' })
  })
}

/** Labels of all frames together: the nearest colour is sought among all of them. */
async function readLabelFiles(pattern: string, frames: number, folder: string): Promise<ReturnType<typeof labelColours>> {
  const count = isPattern(pattern) ? frames : 1
  const found = new Map<string, ReturnType<typeof labelColours>[number]>()
  for (let frame = 0; frame < count; frame++) {
    const path = resolve(folder, fileOfFrame(pattern, frame))
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (cause) {
      throw new VirgaError('VIRGA_BAD_INPUT', 'the file of label colours cannot be read', { file: path }, { cause })
    }
    for (const label of labelColours(text, path)) found.set(`${label.colour.join()} ${label.label}`, label)
  }
  return [...found.values()]
}

export async function videoMask(source: VideoMaskSource, scene: ControlMapScene, field: string): Promise<PictureMask> {
  const path = resolve(scene.folder ?? '.', source.file)
  const video = await openVideo(path)
  const { frames } = scene
  if (source.length === 'exact' && video.frames < frames)
    throw new VirgaError('VIRGA_BAD_INPUT', `the mask video has ${video.frames} frames`, {
      file: path,
      field,
      expected: `at least ${frames}, or length: stretch or hold`,
    })
  const reader = new FrameWindow(video.read(), (image) => brightness(image, scene, source))
  return {
    at: async (frame) => {
      if (source.length !== 'stretch') return reader.at(Math.min(frame, video.frames - 1))
      // Half-frame centres, ends held: as maps of another length are stretched.
      const position = Math.min(Math.max((frame + 0.5) * (video.frames / frames) - 0.5, 0), video.frames - 1)
      const low = Math.floor(position)
      const a = await reader.at(low)
      const share = position - low
      if (share === 0) return a
      const b = await reader.at(low + 1)
      return a.map((value, i) => Math.round(value + (b[i] - value) * share))
    },
    close: () => video.close(),
  }
}

/** The frames of a stream that was read last: enough for positions that only move on. */
class FrameWindow {
  readonly #images: AsyncGenerator<RgbImage, void, undefined>
  readonly #make: (image: RgbImage) => Uint8Array
  #held: { readonly index: number; readonly mask: Uint8Array }[] = []
  #next = 0

  constructor(images: AsyncGenerator<RgbImage, void, undefined>, make: (image: RgbImage) => Uint8Array) {
    this.#images = images
    this.#make = make
  }

  async at(index: number): Promise<Uint8Array> {
    while (this.#next <= index) {
      const step = await this.#images.next()
      if (step.done === true) throw new VirgaError('VIRGA_INTERNAL', `a mask video ended before frame ${index}`)
      if (this.#next >= index - 1) this.#held = [...this.#held.slice(-1), { index: this.#next, mask: this.#make(step.value) }]
      this.#next++
    }
    const found = this.#held.find((frame) => frame.index === index)
    if (found === undefined) throw new VirgaError('VIRGA_INTERNAL', `frame ${index} of a mask video was asked for after a later one`)
    return found.mask
  }
}
