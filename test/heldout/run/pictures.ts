import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { writeJpeg } from '@virga/video'

const gap = 4

/** Rows of pictures of one size in one picture, with a thin gap between them. */
export function tiled(rows: readonly (readonly RgbImage[])[]): RgbImage {
  const { width: w, height: h } = rows[0][0]
  const columns = Math.max(...rows.map((row) => row.length))
  const [width, height] = [columns * (w + gap) - gap, rows.length * (h + gap) - gap]
  const data = new Uint8Array(width * height * 3).fill(24)
  rows.forEach((row, r) =>
    row.forEach((image, c) => {
      for (let y = 0; y < h; y++)
        data.set(image.data.subarray(3 * y * w, 3 * (y + 1) * w), 3 * ((r * (h + gap) + y) * width + c * (w + gap)))
    }),
  )
  return { width, height, data }
}

export async function writePicture(path: string, rows: readonly (readonly RgbImage[])[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeJpeg(path, tiled(rows))
}

/** The picture with a frame of one pixel around the mask's pixels, so that a place can be found in another picture. */
export function outlined(image: RgbImage, mask: Uint8Array, colour: readonly [number, number, number]): RgbImage {
  const { width, height } = image
  const data = image.data.slice()
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      if (mask[i] > 0 || !touches(mask, x, y, width, height)) continue
      data.set(colour, 3 * i)
    }
  return { width, height, data }
}

function touches(mask: Uint8Array, x: number, y: number, width: number, height: number): boolean {
  return (
    (x > 0 && mask[y * width + x - 1] > 0) ||
    (x + 1 < width && mask[y * width + x + 1] > 0) ||
    (y > 0 && mask[(y - 1) * width + x] > 0) ||
    (y + 1 < height && mask[(y + 1) * width + x] > 0)
  )
}
