import { readFile } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import sharp from 'sharp'
import { writeWhole } from './atomic.ts'
import { requireImage } from './pixels.ts'

const raw = ({ width, height, data }: RgbImage) => sharp(data, { raw: { width, height, channels: 3 } })

/** An image as PNG bytes. @throws VirgaError VIRGA_USAGE where the data do not fit the size */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  requireImage(image)
  return raw(image).png({ compressionLevel: 6 }).toBuffer()
}

/** An image as JPEG bytes, colour at full resolution from quality 90 up. @param quality 1..100 */
export async function encodeJpeg(image: RgbImage, quality = 92): Promise<Uint8Array> {
  requireImage(image)
  return raw(image)
    .jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' })
    .toBuffer()
}

/**
 * The 8-bit RGB pixels of a JPEG, PNG, WebP, GIF or TIFF image: turned upright by its EXIF, alpha dropped, grey repeated.
 *
 * @param name named in the error, usually the file's path
 * @throws VirgaError VIRGA_BAD_INPUT where the bytes are no whole image
 */
export async function decodeImage(bytes: Uint8Array, name?: string): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(bytes, { failOn: 'truncated' })
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels === 3)
      return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) }
    throw new Error(`${info.channels} channels`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      `cannot be read as an image: ${reason}`,
      { ...(name === undefined ? {} : { file: name }), expected: 'a whole JPEG, PNG, WebP, GIF or TIFF image' },
      { cause: error },
    )
  }
}

/** Writes a PNG under a temporary name and renames it. @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_USAGE */
export async function writePng(path: string, image: RgbImage): Promise<void> {
  await writeWhole(path, await encodePng(image))
}

/** Writes a JPEG under a temporary name and renames it. @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_USAGE */
export async function writeJpeg(path: string, image: RgbImage, quality?: number): Promise<void> {
  await writeWhole(path, await encodeJpeg(image, quality))
}

/** Reads an image file of any kind that `decodeImage` takes. @throws VirgaError VIRGA_BAD_INPUT naming the file */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be opened: ${reason}`, { file: path, expected: 'an image file' }, { cause: error })
  }
  return decodeImage(bytes, path)
}

/** `readImage` under the name of the format that Virga itself writes. */
export const readPng = readImage
