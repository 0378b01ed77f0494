import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Camera, CameraFrames, RgbImage } from '@virga/scenario'
import sharp from 'sharp'
import { namesIn, stampedFiles } from './files.ts'
import { microsOf, parts } from './layout.ts'

/**
 * The frames of every camera that has a folder with images under sensors/cameras, none of them opened.
 *
 * @param cameras the calibrated cameras; a frame must have its camera's size
 */
export async function readImages(folder: string, cameras: readonly Camera[]): Promise<Map<string, CameraFrames>> {
  const images = new Map<string, CameraFrames>()
  for (const name of (await namesIn(join(folder, parts.cameras))) ?? []) {
    if (name.startsWith('.')) continue
    const files = (await stampedFiles(join(folder, parts.cameras, name), '.jpg')) ?? []
    if (files.length === 0) continue
    const camera = cameras.find((one) => one.name === name)
    const fileOf = (index: number): string => {
      if (index >= 0 && index < files.length && Number.isInteger(index)) return files[index].file
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `camera ${name} has no frame ${index}`, { expected: `0 to ${files.length - 1}` })
    }
    images.set(name, {
      timesUs: Float64Array.from(files, (entry) => microsOf(entry.stampNs)),
      stampsNs: BigInt64Array.from(files, (entry) => entry.stampNs),
      load: async (index) => decode(fileOf(index), camera),
      loadJpeg: async (index) => readFile(fileOf(index)),
    })
  }
  return images
}

async function decode(file: string, camera: Camera | undefined): Promise<RgbImage> {
  const expected = camera === undefined ? 'a complete JPEG' : `a complete JPEG of ${camera.width} x ${camera.height} pixels`
  let image: RgbImage
  try {
    const pipeline = sharp(file, { failOn: 'truncated' }).toColourspace('srgb').removeAlpha()
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true })
    image = { width: info.width, height: info.height, data }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', `image cannot be decoded: ${reason}`, { file, expected }, { cause })
  }
  if (camera !== undefined && (image.width !== camera.width || image.height !== camera.height)) {
    throw new VirgaError('VIRGA_BAD_INPUT', `image has ${image.width} x ${image.height} pixels`, { file, expected })
  }
  return image
}
