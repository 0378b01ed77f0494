import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { Frame } from 'node-av/lib'

/** @throws VirgaError VIRGA_USAGE where the data do not hold width * height * 3 bytes */
export function requireImage(image: RgbImage): void {
  const { width, height, data } = image
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1 || data.length !== width * height * 3) {
    throw new VirgaError('VIRGA_USAGE', `image of ${width}x${height} with ${data.length} bytes`, {
      field: 'data',
      expected: 'width * height * 3 bytes',
    })
  }
}

/** The first plane of a frame, and its bytes a row. */
function plane(frame: Frame): { bytes: Uint8Array; stride: number } {
  const bytes = frame.data?.[0]
  const stride = frame.linesize[0]
  if (bytes === undefined || stride === undefined) throw new VirgaError('VIRGA_INTERNAL', 'frame without pixels')
  return { bytes, stride }
}

/** Copies an image into an RGB24 frame of its size; rows of a frame may be padded. */
export function copyIn(image: RgbImage, frame: Frame): void {
  const { bytes, stride } = plane(frame)
  const row = image.width * 3
  if (stride === row) {
    bytes.set(image.data)
    return
  }
  for (let y = 0; y < image.height; y++) bytes.set(image.data.subarray(y * row, (y + 1) * row), y * stride)
}

/** The image that an RGB24 frame holds, in memory of its own. */
export function copyOut(frame: Frame): RgbImage {
  const { bytes, stride } = plane(frame)
  const { width, height } = frame
  const row = width * 3
  const data = new Uint8Array(row * height)
  if (stride === row) data.set(bytes.subarray(0, data.length))
  else for (let y = 0; y < height; y++) data.set(bytes.subarray(y * stride, y * stride + row), y * row)
  return { width, height, data }
}
