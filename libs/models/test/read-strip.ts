import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import type { RgbImage } from '@virga/scenario'

/** Reads a PNG of 8-bit RGB without interlace (ISO/IEC 15948) and cuts it into frames that are stacked vertically. */
export function readStrip(path: string, frameHeight: number): RgbImage[] {
  const bytes = readFileSync(path)
  const parts: Buffer[] = []
  let width = 0
  let height = 0
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') {
      width = body.readUInt32BE(0)
      height = body.readUInt32BE(4)
      if (body[8] !== 8 || body[9] !== 2 || body[12] !== 0) throw new Error(`${path} is no plain 8-bit RGB PNG`)
    }
    if (type === 'IDAT') parts.push(body)
    at += length + 12
  }
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), width * 3, height)
  return Array.from({ length: height / frameHeight }, (_, t) => ({
    width,
    height: frameHeight,
    data: pixels.slice(t * frameHeight * width * 3, (t + 1) * frameHeight * width * 3),
  }))
}

function unfilter(raw: Buffer, stride: number, rows: number): Uint8Array {
  const out = new Uint8Array(stride * rows)
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const left = x >= 3 ? out[y * stride + x - 3] : 0
      const up = y > 0 ? out[(y - 1) * stride + x] : 0
      const corner = x >= 3 && y > 0 ? out[(y - 1) * stride + x - 3] : 0
      const predictions = [0, left, up, (left + up) >> 1, paeth(left, up, corner)]
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predictions[filter]
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}
