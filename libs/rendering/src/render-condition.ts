import { VirgaError } from '@virga/errors'
import { type Camera, type Micros, type RgbImage, type Scenario, scaleCamera } from '@virga/scenario'
import type { ConditionStyle, DrawnPicture } from './condition-style.ts'
import type { Readback } from './device/readback.ts'
import type { RenderDevice } from './device/render-device.ts'
import type { Chain, Style } from './style.ts'
import { styleNamed } from './styles/index.ts'

/** Changes whenever a style draws other pixels than before: it is part of the key of every rendered blob. */
export const rendererVersion = 'virga-rendering/2'

/** Frames being drawn or read back at once: enough that the driver never waits for JavaScript, few enough to stay small. */
const framesInFlight = 3

/** One camera of a rig and the size of its picture in pixels. */
export interface ConditionView {
  readonly camera: Camera
  readonly width: number
  readonly height: number
}

export interface RigRequest {
  readonly views: readonly ConditionView[]
  /** A registered name, or a style of your own. */
  readonly style: string | Style
  /** One frame each, within the ego poses. */
  readonly timesUs: readonly Micros[]
  /** How the size comes about; default `direct`. */
  readonly chain?: Chain
}

export interface RigFrame {
  /** Index in `views`. */
  readonly view: number
  /** Index in `timesUs`. */
  readonly frame: number
  readonly image: RgbImage
}

/**
 * Draws the condition of several cameras from one upload of the scenario: all views of the first time, then all of the second, ... with
 * several pictures in flight.
 *
 * Throws VIRGA_OUT_OF_RANGE for a time outside the ego poses, VIRGA_UNKNOWN_NAME for an unknown style and VIRGA_DEVICE when the adapter
 * gives up.
 */
export async function* renderRig(
  device: RenderDevice,
  scenario: Scenario,
  { views, style, timesUs, chain = 'direct' }: RigRequest,
): AsyncGenerator<RigFrame, void, undefined> {
  checkTimes(scenario, timesUs)
  if (chain !== 'direct') throw new VirgaError('VIRGA_INTERNAL', `chain ${chain} is not there yet`)
  const chosen = typeof style === 'string' ? styleNamed(style) : style
  const opened: ConditionStyle[] = []
  const flying: Promise<RigFrame>[] = []
  try {
    for (const { camera, width, height } of views) opened.push(chosen.open(device.gpu, scenario, scaleCamera(camera, width, height)))
    for (const [frame, timeUs] of timesUs.entries()) {
      for (const [view, condition] of opened.entries()) {
        const picture = readDrawn(device.readback, await condition.draw(timeUs)).then((image) => ({ view, frame, image }))
        // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
        picture.catch(() => undefined)
        flying.push(picture)
        if (flying.length >= framesInFlight) yield await (flying.shift() as Promise<RigFrame>)
      }
    }
    while (flying.length > 0) yield await (flying.shift() as Promise<RigFrame>)
  } finally {
    await Promise.allSettled(flying)
    for (const condition of opened) condition.dispose()
  }
}

export type ConditionRequest = ConditionView & Omit<RigRequest, 'views'>

/** Draws the condition of one camera, one picture per time, in order: `renderRig` with one view. */
export async function* renderCondition(
  device: RenderDevice,
  scenario: Scenario,
  { camera, width, height, ...request }: ConditionRequest,
): AsyncGenerator<RgbImage, void, undefined> {
  for await (const { image } of renderRig(device, scenario, { ...request, views: [{ camera, width, height }] })) yield image
}

function readDrawn(readback: Readback, drawn: DrawnPicture): Promise<RgbImage> {
  if ('data' in drawn) return Promise.resolve(drawn)
  return 'wordsPerRow' in drawn ? readback.readPacked(drawn) : readback.readRgb(drawn)
}

function checkTimes({ startUs, endUs, id }: Scenario, timesUs: readonly Micros[]): void {
  const outside = timesUs.findIndex((time) => !(time >= startUs && time <= endUs))
  if (outside < 0) return
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `frame ${outside} at ${timesUs[outside]} us lies outside ${id}`, {
    expected: `times from ${startUs} to ${endUs} us`,
  })
}
