import { VirgaError } from '@virga/errors'
import { type Camera, type Micros, type RgbImage, type Scenario, scaleCamera } from '@virga/scenario'
import type { ConditionStyle } from './condition-style.ts'
import type { RenderDevice } from './device/render-device.ts'
import { HdmapStyle } from './hdmap/hdmap-style.ts'
import { LidarStyle } from './lidar/lidar-style.ts'

/** Changes whenever a style draws other pixels than before: it is part of the key of every rendered blob. */
export const rendererVersion = 'virga-rendering/1'

export type ConditionStyleName = 'hdmap-v1' | 'lidar-v1'
export const conditionStyles: readonly ConditionStyleName[] = ['hdmap-v1', 'lidar-v1']

export interface ConditionRequest {
  readonly camera: Camera
  readonly style: ConditionStyleName
  /** Size of the picture in pixels; the camera model is scaled to it. */
  readonly width: number
  readonly height: number
  /** One frame each, within the ego poses. */
  readonly timesUs: readonly Micros[]
}

/** Frames being drawn or read back at once: enough that the driver never waits for JavaScript, few enough to stay small. */
const framesInFlight = 3

/**
 * Draws the condition of one camera, one picture per time, in order, with several frames in flight.
 *
 * Throws VIRGA_OUT_OF_RANGE for a time outside the ego poses and VIRGA_DEVICE when the adapter gives up.
 */
export async function* renderCondition(
  device: RenderDevice,
  scenario: Scenario,
  request: ConditionRequest,
): AsyncGenerator<RgbImage, void, undefined> {
  checkTimes(scenario, request.timesUs)
  const style = createStyle(device, scenario, request)
  const flying: Promise<RgbImage>[] = []
  try {
    for (const timeUs of request.timesUs) {
      const frame = device.readback.readRgb(await style.draw(timeUs))
      // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
      frame.catch(() => undefined)
      flying.push(frame)
      if (flying.length >= framesInFlight) yield await (flying.shift() as Promise<RgbImage>)
    }
    while (flying.length > 0) yield await (flying.shift() as Promise<RgbImage>)
  } finally {
    await Promise.allSettled(flying)
    style.dispose()
  }
}

function createStyle(device: RenderDevice, scenario: Scenario, { camera, style, width, height }: ConditionRequest): ConditionStyle {
  const scaled = scaleCamera(camera, width, height)
  switch (style) {
    case 'hdmap-v1':
      return new HdmapStyle(device.gpu, scenario, scaled)
    case 'lidar-v1':
      return new LidarStyle(device.gpu, scenario, scaled)
  }
}

function checkTimes({ startUs, endUs, id }: Scenario, timesUs: readonly Micros[]): void {
  const outside = timesUs.findIndex((time) => !(time >= startUs && time <= endUs))
  if (outside < 0) return
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `frame ${outside} at ${timesUs[outside]} us lies outside ${id}`, {
    expected: `times from ${startUs} to ${endUs} us`,
  })
}
