import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { GroundHeight } from '@virga/scenario'
import { z } from 'zod'
import { encodeHalf } from '../feather/half.ts'
import { parseNpy } from '../npy/parse-npy.ts'
import { encodeNpy } from '../npy/write-npy.ts'
import { namesIn } from './files.ts'
import { parts } from './layout.ts'

const sim2 = z.object({ R: z.array(z.number()).length(4), t: z.array(z.number()).length(2), s: z.number().positive() })

/** A loader of the log's ground height raster; undefined if the log does not have both of its files. */
export async function findGroundHeight(folder: string): Promise<(() => Promise<GroundHeight>) | undefined> {
  const names = (await namesIn(join(folder, parts.map))) ?? []
  const raster = names.find((name) => /_ground_height_surface____.*\.npy$/.test(name))
  const transform = names.find((name) => name.endsWith('___img_Sim2_city.json'))
  if (raster === undefined || transform === undefined) return undefined
  return () => load(join(folder, parts.map, raster), join(folder, parts.map, transform))
}

async function load(rasterFile: string, transformFile: string): Promise<GroundHeight> {
  const { type, shape, values } = parseNpy(await readFile(rasterFile), { file: rasterFile })
  const [rows, columns] = shape
  if (shape.length !== 2 || !type.startsWith('f')) {
    const place = { file: rasterFile, expected: 'a two-dimensional array of floats' }
    throw new VirgaError('VIRGA_BAD_INPUT', `array is ${type} of shape ${shape.join(' x ')}`, place)
  }
  let json: unknown
  try {
    json = JSON.parse(await readFile(transformFile, 'utf8'))
  } catch (cause) {
    const place = { file: transformFile, expected: 'a JSON object with R, t and s' }
    throw new VirgaError('VIRGA_BAD_INPUT', 'raster transform is not valid JSON', place, { cause })
  }
  const parsed = sim2.safeParse(json)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]
    throw new VirgaError('VIRGA_BAD_INPUT', message, {
      file: transformFile,
      field: path.join('.'),
      expected: 'R (4 numbers), t (2 numbers) and s > 0',
    })
  }
  const { R, t, s } = parsed.data
  const heights = Float32Array.from(values as Float32Array | Float64Array)
  return { rows, columns, heights, scale: s, rotation: [R[0], R[1], R[2], R[3]], translation: [t[0], t[1]] }
}

/** Writes the raster under the names that the public API looks for. */
export async function writeGroundHeight(folder: string, logId: string, region: string, ground: GroundHeight): Promise<void> {
  const city = region.split('_')[0]
  const raster = encodeNpy([ground.rows, ground.columns], encodeHalf(ground.heights), '<f2')
  await writeFile(join(folder, parts.map, `${logId}_ground_height_surface____${city}.npy`), raster)
  const transform = { R: ground.rotation, t: ground.translation, s: ground.scale }
  await writeFile(join(folder, parts.map, `${logId}___img_Sim2_city.json`), JSON.stringify(transform))
}
