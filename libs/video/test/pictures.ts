import type { RgbImage } from '@virga/scenario'

/** A road-like test picture: gradients, slanted lines and coarse texture that drift with `frame`. Smooth enough for 4:2:0. */
export function movingPicture(width: number, height: number, frame: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      const isLine = (x + 2 * y + 6 * frame) % 160 < 12
      const texture = 24 * Math.sin((x + 4 * frame) / 9) * Math.cos(y / 7)
      data[at] = isLine ? 98 : 90 + (60 * y) / height + texture
      data[at + 1] = isLine ? 183 : 100 + (50 * x) / width + texture
      data[at + 2] = isLine ? 249 : 160 - (80 * y) / height + texture
    }
  }
  return { width, height, data }
}

/** One colour everywhere. */
export function plainPicture(width: number, height: number, colour: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 3) data.set(colour, at)
  return { width, height, data }
}

/** A number written into a picture as 8 black or white columns, lowest bit left, that survives compression. */
export function numberedPicture(width: number, height: number, number: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  const column = width / 8
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.fill((number >> Math.floor(x / column)) & 1 ? 235 : 20, (y * width + x) * 3, (y * width + x + 1) * 3)
  }
  return { width, height, data }
}

/** The number of a numbered picture. */
export function readNumber({ width, height, data }: RgbImage): number {
  let number = 0
  for (let bit = 0; bit < 8; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / 8)
    if ((data[((height >> 1) * width + x) * 3] ?? 0) > 128) number |= 1 << bit
  }
  return number
}
