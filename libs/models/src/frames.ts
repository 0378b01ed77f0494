import { VirgaError } from '@virga/errors'
import { expectShape, findNotFinite, type Tensor, tensor } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'

/**
 * Frames as the tokenizer takes them.
 *
 * @returns [1, 3, T, H, W] in [-1, 1]: v / 255 * 2 - 1
 */
export function videoTensor(frames: readonly RgbImage[]): Tensor {
  const { width, height } = frames[0]
  const plane = width * height
  const video = tensor([1, 3, frames.length, height, width])
  frames.forEach(({ data }, t) => {
    for (let channel = 0; channel < 3; channel++) {
      const start = (channel * frames.length + t) * plane
      for (let i = 0; i < plane; i++) video.data[start + i] = (data[3 * i + channel] / 255) * 2 - 1
    }
  })
  return video
}

/** How a number of 0..255 becomes a byte. The official pipeline truncates; rounding has no bias. */
export type Quantise = 'round' | 'truncate'

/**
 * 8-bit frames of a decoded video.
 *
 * @param video [1, 3, T, H, W], [-1, 1] clamped
 * @throws VirgaError VIRGA_NOT_FINITE naming the frame
 */
export function toFrames(video: Tensor, quantise: Quantise = 'round'): RgbImage[] {
  expectShape(video, [1, 3, -1, -1, -1], 'decoded video')
  const [, , frames, height, width] = video.shape
  const plane = width * height
  const bad = findNotFinite(video.data)
  if (bad !== -1)
    throw new VirgaError('VIRGA_NOT_FINITE', 'the tokenizer decoded numbers that are not finite', {
      record: `frame ${Math.floor(bad / plane) % frames}`,
    })
  const offset = quantise === 'round' ? 0.5 : 0
  return Array.from({ length: frames }, (_, t) => {
    const data = new Uint8Array(plane * 3)
    for (let channel = 0; channel < 3; channel++) {
      const start = (channel * frames + t) * plane
      for (let i = 0; i < plane; i++) {
        const value = Math.min(Math.max((video.data[start + i] + 1) / 2, 0), 1)
        data[3 * i + channel] = Math.floor(value * 255 + offset)
      }
    }
    return { width, height, data }
  })
}

/** Per frame a - b in 0..1 colour units, [H, W, 3] flat, for two decoded videos [1, 3, T, H, W]. */
export function frameDifferences(a: Tensor, b: Tensor): Float32Array[] {
  expectShape(b, a.shape, 'reconstruction')
  const [, , frames, height, width] = a.shape
  const plane = width * height
  return Array.from({ length: frames }, (_, t) => {
    const data = new Float32Array(plane * 3)
    for (let channel = 0; channel < 3; channel++) {
      const start = (channel * frames + t) * plane
      for (let i = 0; i < plane; i++) data[3 * i + channel] = (a.data[start + i] - b.data[start + i]) / 2
    }
    return data
  })
}

/** @throws VirgaError VIRGA_BAD_INPUT naming the video and the frame when that has another size or too little data */
export function expectSize(frame: RgbImage, { width, height }: { width: number; height: number }, index: number, what: string): void {
  if (frame.width === width && frame.height === height && frame.data.length === width * height * 3) return
  throw new VirgaError('VIRGA_BAD_INPUT', `${what} is ${frame.width}x${frame.height} (${frame.data.length} bytes)`, {
    record: `frame ${index}`,
    expected: `${width}x${height}, 3 bytes a pixel (conditions are made at that size by: virga render --size ${width}x${height})`,
  })
}
