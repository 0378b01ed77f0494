import { VirgaError } from '@virga/errors'
import type { VideoReader } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import { rgbFrames, type Size } from './rgb-frames.ts'

/** An RGB frame blob that is read clip by clip. */
export interface ClipReader extends VideoReader {
  /** Stops reading. */
  close(): Promise<void>
}

/**
 * Reads an RGB frame blob from front to back as clips ask for it, holding only the last frames, which the next clip may share; a request for
 * earlier ones begins anew. After the last frame the blob is read to its end, where its digest is compared.
 *
 * @param kept how many frames clips share
 */
export function clipReader(store: BlobStore, ref: BlobRef, size: Size, count: number, kept: number): ClipReader {
  let frames = rgbFrames(store, ref, size)
  let held: { first: number; images: RgbImage[] } = { first: 0, images: [] }
  const next = (): number => held.first + held.images.length
  const restart = async (): Promise<void> => {
    await frames.return(undefined)
    frames = rgbFrames(store, ref, size)
    held = { first: 0, images: [] }
  }
  return {
    count,
    read: async function* (first, wanted) {
      if (first < held.first) await restart()
      for (let i = first; i < first + wanted; i++) {
        while (next() <= i) {
          const step = await frames.next()
          if (step.done === true)
            throw new VirgaError('VIRGA_BAD_INPUT', `the frames end after ${next()}`, { file: `blob ${ref.sha256}`, expected: `${count}` })
          held.images.push(step.value)
          if (held.images.length > Math.max(kept, 1)) held = { first: held.first + 1, images: held.images.slice(1) }
        }
        yield held.images[i - held.first]
      }
      if (next() === count) await frames.next()
    },
    close: async () => {
      await frames.return(undefined)
    },
  }
}
