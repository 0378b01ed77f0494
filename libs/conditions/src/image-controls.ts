import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { edgeControl, visControl } from './controls.ts'
import { ImageThreads } from './image-threads.ts'
import type { Strength } from './presets.ts'

/** A control that is computed from camera pictures. */
export type ImageControlName = 'edge' | 'vis'

export interface ImageControlRequest {
  readonly control: ImageControlName
  readonly preset: Strength
}

/** Pictures by control, all of one frame. */
export type ControlPictures = Partial<Record<ImageControlName, RgbImage>>

const apply: Readonly<Record<ImageControlName, (image: RgbImage, preset: Strength) => RgbImage>> = { edge: edgeControl, vis: visControl }

/**
 * Several controls of one video in one pass: each frame is taken from the source once, and all that is kept is the frames in work.
 *
 * @param threads computes so many frames at a time, each on a thread of its own, and takes as many from the source ahead; 0: here, one by one.
 *   The pictures are the same. It pays where more than one processor is free: `vis` takes 0.2 to 5 s a frame of 1280 x 704, a thread 0.2 s to start
 * @throws VirgaError VIRGA_USAGE when a control is asked for twice; whatever the source throws
 */
export async function* imageControls(
  source: AsyncIterable<RgbImage> | Iterable<RgbImage>,
  requests: readonly ImageControlRequest[],
  threads = 0,
): AsyncGenerator<ControlPictures, void> {
  const twice = requests.find(({ control }, i) => requests.findIndex((other) => other.control === control) !== i)
  if (twice !== undefined) throw new VirgaError('VIRGA_USAGE', `control ${twice.control} is asked for twice`, { field: 'control' })
  if (threads > 0) {
    yield* threaded(source, requests, threads)
    return
  }
  for await (const image of source) yield controlsOf(image, requests)
}

/** The controls of one picture. */
export function controlsOf(image: RgbImage, requests: readonly ImageControlRequest[]): ControlPictures {
  return Object.fromEntries(requests.map(({ control, preset }) => [control, apply[control](image, preset)]))
}

async function* threaded(
  source: AsyncIterable<RgbImage> | Iterable<RgbImage>,
  requests: readonly ImageControlRequest[],
  count: number,
): AsyncGenerator<ControlPictures, void> {
  const threads = new ImageThreads(requests, count)
  const inWork: Promise<ControlPictures>[] = []
  try {
    for await (const image of source) {
      const pictures = threads.run(image)
      // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
      pictures.catch(() => undefined)
      inWork.push(pictures)
      if (inWork.length > count) yield await (inWork.shift() as Promise<ControlPictures>)
    }
    while (inWork.length > 0) yield await (inWork.shift() as Promise<ControlPictures>)
  } finally {
    await threads.close()
  }
}
