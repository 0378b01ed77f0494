import type { RgbImage } from '@virga/scenario'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import { type FrameShape, getFrames } from './frame-blob.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** 8-bit RGB frames of a size. */
export const rgbShape = ({ width, height }: Size): FrameShape => ({ type: '|u1', frame: [height, width, 3] })

/** The images of an RGB frame blob, in order. */
export async function* rgbFrames(store: BlobStore, ref: BlobRef, size: Size): AsyncGenerator<RgbImage> {
  for await (const data of getFrames(store, ref, rgbShape(size))) {
    yield { width: size.width, height: size.height, data: data as Uint8Array }
  }
}

/** All images of an RGB frame blob: for clips, which the network sees as a whole. */
export async function allRgbFrames(store: BlobStore, ref: BlobRef, size: Size): Promise<RgbImage[]> {
  const images: RgbImage[] = []
  for await (const image of rgbFrames(store, ref, size)) images.push(image)
  return images
}
