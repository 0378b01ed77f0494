import { existsSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AugmentRequest } from '@virga/augmentation'
import { resizeArea } from '@virga/conditions'
import type { RgbImage } from '@virga/scenario'
import { lightings, type Look, lookName } from '@virga/simulation'
import type { Tools } from './main-part.ts'
import { writePicture } from './pictures.ts'
import { cacheRoot, driveFrames, workspaceRoot } from './plan.ts'
import { publishedVariants, simulated, withoutVideo } from './variants.ts'

/** Four weathers by four lights; overcast is left out, being the least of a change. */
const weathers = ['clear', 'rain', 'snow', 'fog'] as const
const sheet: readonly (readonly Look[])[] = weathers.map((weather) => lightings.map((lighting) => ({ weather, lighting })))
const frames = 9
/** Of the Argoverse 2 log: its only two LiDAR sweeps are 11.69 and 11.79 s after its start. */
const logStartSeconds = 11.6
const cell = { width: 480, height: 264 }

/**
 * Contact sheets of one drive in 16 looks (rows: clear, rain, snow, fog; columns: morning, day, golden hour, night): with camera video, from map and LiDAR alone,
 * and the real Argoverse 2 log, which has no images.
 *
 * @returns the files that were written
 */
export async function makeSheets(tools: Tools, seed: number, pictures: string): Promise<string[]> {
  const size = { width: 640, height: 352 }
  const { fps } = tools.bundle.manifest.video
  const mapOnly = withoutVideo(simulated(seed, { frames: driveFrames, fps, ...size }))
  const inputs: [string, AugmentRequest['drive'], string[]][] = [
    [`sheet-camera-video-${seed}.jpg`, { kind: 'simulation', seed, size }, []],
    [`sheet-map-lidar-${seed}.jpg`, { kind: 'opened', drive: mapOnly }, []],
  ]
  const log = await argoverseLog()
  if (log !== undefined) inputs.push(['sheet-argoverse2.jpg', { kind: 'log', path: log }, ['ring_front_center']])
  const files: string[] = []
  for (const [file, drive, cameras] of inputs) {
    const out = join(cacheRoot, 'out', `${process.pid}`)
    const { host, bundle, steps } = tools
    const made = await publishedVariants(host, {
      bundle,
      drive,
      cameras,
      looks: sheet.flat(),
      frames,
      out,
      ...(drive.kind === 'log' ? { startSeconds: logStartSeconds } : {}),
      ...(steps === undefined ? {} : { steps }),
    })
    rmSync(out, { recursive: true, force: true })
    const pictureOf = (look: Look): RgbImage => {
      const video = made.videos.get(lookName(look)) ?? []
      return shrunk(video[Math.floor(video.length / 2)])
    }
    await writePicture(
      join(pictures, file),
      sheet.map((row) => row.map(pictureOf)),
    )
    files.push(file)
  }
  return files
}

const shrunk = (image: RgbImage): RgbImage => (image.width > cell.width ? resizeArea(image, cell.width, cell.height) : image)

/** The first log below `VIRGA_DATA/av2_sensor`; undefined where there is none. */
async function argoverseLog(): Promise<string | undefined> {
  const folder = join(process.env.VIRGA_DATA ?? join(workspaceRoot, '..', 'shared', 'data'), 'av2_sensor')
  if (!existsSync(folder)) return undefined
  const [log] = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  return log === undefined ? undefined : join(folder, log.name)
}
