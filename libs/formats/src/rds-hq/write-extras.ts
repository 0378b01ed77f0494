import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Camera, type Scenario, type TrafficLight, upperBound } from '@virga/scenario'
import sharp from 'sharp'
import { folders } from './layout.ts'
import type { ClipWindow } from './write-clip-window.ts'

/** Where a plain file of the clip goes; the folder is made. */
async function placeOf(root: string, folder: string, file: string): Promise<string> {
  await mkdir(join(root, folder), { recursive: true })
  return join(root, folder, file)
}

/** The wording that the format's one paragraph takes, and all of them beside it where there are more. */
export async function writeCaptions(root: string, scenario: Scenario, clip: ClipWindow): Promise<void> {
  const { captions = {} } = scenario
  const [text] = captions.Original === undefined ? Object.values(captions) : [captions.Original]
  if (text === undefined) return
  await writeFile(await placeOf(root, folders.captions, `${clip.id}.txt`), text)
  if (Object.keys(captions).length > 1) await writeFile(await placeOf(root, folders.captions, `${clip.id}.json`), JSON.stringify(captions))
}

/** The format has no place for a licence; data under one must carry it all the same. */
export async function writeLicence(root: string, scenario: Scenario, clip: ClipWindow): Promise<void> {
  const { licence } = scenario.origin
  if (licence !== undefined) await writeFile(await placeOf(root, folders.licence, `${clip.id}.txt`), `${licence}\n`)
}

/** Tells readers of this project that the pinhole vectors are the cameras, and the f-theta vectors fits to them. */
export async function writeCameraModel(root: string, clip: ClipWindow, cameras: readonly (readonly [string, Camera])[]): Promise<void> {
  if (!arePinholes(cameras)) return
  await writeFile(await placeOf(root, folders.cameraModel, `${clip.id}.txt`), 'pinhole\n')
}

export function arePinholes(cameras: readonly (readonly [string, Camera])[]): boolean {
  return cameras.length > 0 && cameras.every(([, { model }]) => model.kind === 'pinhole')
}

/** `lidar_sensor_config`: where the sensor's rows look. */
export async function writeLidarBeams(root: string, { lidarBeams }: Scenario, clip: ClipWindow): Promise<void> {
  if (lidarBeams === undefined) return
  const json = {
    row_azimuth_offsets_rad: Array.from(lidarBeams.rowAzimuthOffsets),
    row_elevations_rad: Array.from(lidarBeams.rowElevations),
  }
  await writeFile(await placeOf(root, folders.lidarConfig, `${clip.id}.json`), JSON.stringify(json))
}

/** `car_mask_coarse` holds one mask, of the first camera that has one; returns the names of the others. */
export async function writeMask(
  root: string,
  scenario: Scenario,
  clip: ClipWindow,
  cameras: readonly (readonly [string, Camera])[],
): Promise<string[]> {
  const masked = cameras.flatMap(([, camera]) => {
    const load = scenario.vehicleMasks?.get(camera.name)
    return load === undefined ? [] : [{ name: camera.name, load }]
  })
  if (masked.length === 0) return []
  const { width, height, data } = await masked[0].load()
  const grey = Uint8Array.from({ length: width * height }, (_, i) => data[3 * i])
  const png = sharp(grey, { raw: { width, height, channels: 1 } }).png()
  await writeFile(await placeOf(root, folders.mask, `${clip.id}.png`), await png.toBuffer())
  return masked.slice(1).map(({ name }) => name)
}

/** `aggregated_states.json`: the state of every light at every frame; undefined where no light has states. */
export function lightStates(scenario: Scenario, clip: ClipWindow): Uint8Array | undefined {
  const lights = scenario.map.filter((element): element is TrafficLight => element.kind === 'traffic-light')
  if (!lights.some((light) => light.states !== undefined)) return undefined
  const entries = lights.map(({ id, states }, index) => {
    const at = (timeUs: number): string =>
      states === undefined ? 'unknown' : (states.state[upperBound(states.timesUs, timeUs) - 1] ?? 'unknown')
    return [String(index), { feature_id: id, states: clip.timesUs.map(at) }]
  })
  return Buffer.from(JSON.stringify(Object.fromEntries(entries)))
}
