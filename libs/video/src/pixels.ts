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

/** A plane of a frame, and its bytes a row. */
function plane(frame: Frame, index: number): { bytes: Uint8Array; stride: number } {
  const buffer = frame.data?.[index]
  const stride = frame.linesize[index]
  if (buffer === undefined || stride === undefined) throw new VirgaError('VIRGA_INTERNAL', 'frame without pixels')
  return { bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length), stride }
}

/** Copies an image into an interleaved RGB frame of its size; rows of a frame may be padded. */
export function copyIn(image: RgbImage, frame: Frame): void {
  const { bytes, stride } = plane(frame, 0)
  const row = image.width * 3
  if (stride === row) {
    bytes.set(image.data)
    return
  }
  for (let y = 0; y < image.height; y++) bytes.set(image.data.subarray(y * row, (y + 1) * row), y * stride)
}

/** The image that a planar (G, B, R) frame holds, in memory of its own. */
export function copyOut(frame: Frame): RgbImage {
  const { width, height } = frame
  const [green, blue, red] = [plane(frame, 0), plane(frame, 1), plane(frame, 2)]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    interleave(red.bytes, y * red.stride, green.bytes, y * green.stride, blue.bytes, y * blue.stride, data, y * width * 3, width)
  }
  return { width, height, data }
}

function interleave(
  red: Uint8Array,
  redAt: number,
  green: Uint8Array,
  greenAt: number,
  blue: Uint8Array,
  blueAt: number,
  data: Uint8Array,
  from: number,
  count: number,
): void {
  for (let x = 0, at = from; x < count; x++, at += 3) {
    data[at] = red[redAt + x]
    data[at + 1] = green[greenAt + x]
    data[at + 2] = blue[blueAt + x]
  }
}
