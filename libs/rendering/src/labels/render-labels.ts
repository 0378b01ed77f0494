import { VirgaError } from '@virga/errors'
import { type Scenario, scaleCamera } from '@virga/scenario'
import type { RenderDevice } from '../device/render-device.ts'
import type { LabelFrame, LabelRequest } from './label-frame.ts'
import { type DrawnLabels, LabelRenderer } from './label-renderer.ts'

/** Frames being drawn or read back at once. */
const framesInFlight = 2

/** Track numbers have 16 bits, 0 is "none". */
const mostTracks = 65_535

/**
 * What the labels of a scenario say about each pixel of a camera: class, track and depth, sampled at pixel centres without smoothing. One ray
 * per pixel, so it is exact for every camera model; what the map does not know (buildings, trees) is not there.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a time outside the poses or more than 65,535 tracks; VIRGA_DEVICE when the adapter gives up
 */
export async function* renderLabels(
  device: RenderDevice,
  scenario: Scenario,
  request: LabelRequest,
): AsyncGenerator<LabelFrame, void, undefined> {
  for await (const { frame } of drawLabels(device, scenario, request)) yield frame
}

/** The same with what places in the world are found with. */
export async function* drawLabels(
  device: RenderDevice,
  scenario: Scenario,
  { camera, width, height, timesUs }: LabelRequest,
): AsyncGenerator<DrawnLabels, void, undefined> {
  if (scenario.tracks.length > mostTracks) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `${scenario.tracks.length} tracks in ${scenario.id}`, { expected: `at most ${mostTracks}` })
  }
  const raster = await scenario.loadGroundHeight?.()
  const renderer = new LabelRenderer(device, scenario, scaleCamera(camera, width, height), raster)
  const flying: Promise<DrawnLabels>[] = []
  try {
    for (const timeUs of timesUs) {
      const frame = renderer.draw(timeUs)
      // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
      frame.catch(() => undefined)
      flying.push(frame)
      if (flying.length >= framesInFlight) yield await (flying.shift() as Promise<DrawnLabels>)
    }
    while (flying.length > 0) yield await (flying.shift() as Promise<DrawnLabels>)
  } finally {
    await Promise.allSettled(flying)
    renderer.dispose()
  }
}
