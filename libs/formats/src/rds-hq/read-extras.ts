import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { LidarBeams, MissingPart, RgbImage } from '@virga/scenario'
import { eachTarMember } from '../tar/read-tar.ts'
import { failAt } from './fail.ts'
import { memberName } from './frames.ts'
import { isObject, own, parseJson, shown } from './json.ts'
import { folders, frameOffsetUs, tarOf } from './layout.ts'
import { limits } from './limits.ts'

/** The camera whose image the mask of the own vehicle is of; files do not name it. */
const maskedCamera = 'camera_front_wide_120fov'

/** A small file's bytes; undefined if there is none. @throws VirgaError VIRGA_BAD_INPUT if it is larger than the limit */
async function small(file: string): Promise<Buffer | undefined> {
  const info = await stat(file).catch(() => undefined)
  if (info?.isFile() !== true) return undefined
  if (info.size <= limits.textBytes) return readFile(file)
  throw new VirgaError('VIRGA_BAD_INPUT', `file has ${info.size} bytes`, { file, expected: `at most ${limits.textBytes} bytes` })
}

/**
 * Captions by wording: `captions/<clip>.txt` is `Original`, `captions/<clip>.json` has one for each of several. The published example keeps
 * them in the folder `<root>_outputs` beside it.
 */
export async function readCaptions(root: string, clip: string): Promise<Record<string, string> | undefined> {
  const captions = new Map<string, string>()
  for (const place of [join(root, folders.captions), join(`${root}_outputs`, folders.captions)]) {
    const file = join(place, `${clip}.json`)
    const json = await small(file)
    if (json !== undefined) {
      const fail = failAt({ file })
      const wordings = parseJson(json, { file })
      if (!isObject(wordings)) return fail(`captions are ${shown(wordings)}`, undefined, 'an object of wordings')
      for (const [name, text] of Object.entries(wordings)) {
        if (typeof text !== 'string') fail(`caption is ${shown(text)}`, name, 'a text')
        else if (!captions.has(name)) captions.set(name, text)
      }
    }
    const text = (await small(join(place, `${clip}.txt`)))?.toString('utf8').trim()
    if (text !== undefined && text !== '' && !captions.has('Original')) captions.set('Original', text)
  }
  return captions.size === 0 ? undefined : Object.fromEntries(captions)
}

/** The mask of the own bonnet, read when it is asked for. */
export async function findMask(root: string, clip: string): Promise<Map<string, () => Promise<RgbImage>> | undefined> {
  const file = join(root, folders.mask, `${clip}.png`)
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return undefined
  // FFmpeg comes with this library: it is loaded when a picture is asked for.
  return new Map([[maskedCamera, async () => (await import('@virga/video')).readImage(file)]])
}

/** `lidar_sensor_config/<clip>.json`: azimuth offset and elevation of each row. */
export async function readLidarBeams(root: string, clip: string): Promise<LidarBeams | undefined> {
  const file = join(root, folders.lidarConfig, `${clip}.json`)
  const bytes = await small(file)
  if (bytes === undefined) return undefined
  const json = parseJson(bytes, { file })
  const list = (key: string): Float64Array => {
    const value = isObject(json) ? own(json, key) : undefined
    const isList = Array.isArray(value) && value.length <= 1024 && value.every((angle) => typeof angle === 'number' && Math.abs(angle) <= 7)
    return isList ? Float64Array.from(value as number[]) : failAt({ file })(`is ${shown(value)}`, key, 'an angle in radians for every row')
  }
  return { rowElevations: list('row_elevations_rad'), rowAzimuthOffsets: list('row_azimuth_offsets_rad') }
}

/**
 * Compares `timestamp/<clip>.tar` (which only some converters write) with the 30 Hz grid that frame numbers stand on. Frames keep the grid, as in
 * NVIDIA's tools; a difference is reported.
 */
export async function checkTimestamps(root: string, clip: string): Promise<MissingPart[]> {
  const file = tarOf(root, folders.timestamps, clip)
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return []
  const stamps = new Map<number, number>()
  await eachTarMember(file, limits.textBytes, (name, bytes) => {
    const member = memberName(file, clip, name)
    if (member?.frame === undefined || member.key !== 'timestamp_micros.txt') return
    const text = bytes.toString('utf8').trim()
    if (!/^\d{1,16}$/.test(text)) failAt({ file, record: name })(`stamp is ${text.slice(0, 40)}`, undefined, 'whole microseconds')
    stamps.set(member.frame, Number(text))
  })
  const first = stamps.get(0)
  if (first === undefined) return []
  const differences = [...stamps].map(([frame, stamp]) => Math.abs(stamp - first - frameOffsetUs(frame)))
  const worst = differences.reduce((most, value) => Math.max(most, value), 0)
  if (worst <= 2000) return []
  return [
    { part: 'other', detail: `timestamp: stamps are up to ${(worst / 1000).toFixed(1)} ms off the 30 Hz grid on which frames are placed` },
  ]
}
