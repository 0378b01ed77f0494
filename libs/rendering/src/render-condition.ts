import { VirgaError } from '@virga/errors'
import { type Camera, type Micros, type RgbImage, type Scenario, scaleCamera } from '@virga/scenario'
import type { ConditionStyle, DrawnPicture, GreyImage, SparseImage } from './condition-style.ts'
import { type DeviceSource, deviceFor } from './device-for.ts'
import type { RenderDevice } from './device/render-device.ts'
import { drawnSize, finishPicture } from './output/chain.ts'
import type { Chain, Style } from './style.ts'
import { styleNamed } from './styles/index.ts'

/** Changes whenever a style draws other pixels than before: it is part of the key of every rendered blob. */
export const rendererVersion = 'virga-rendering/2'

/** Pictures being drawn or read back at once: enough that the driver never waits for JavaScript, few enough to stay small. */
const picturesInFlight = 3

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
 * @param source a device, a function that opens one (called only for a style that uses it), or nothing
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a time outside the ego poses or a size that the chain cannot give, VIRGA_UNKNOWN_NAME for an
 *   unknown style, VIRGA_MISSING_DEPENDENCY where the style needs a device and there is none, VIRGA_DEVICE when it gives up
 */
export async function* renderRig(
  source: DeviceSource,
  scenario: Scenario,
  { views, style, timesUs, chain = 'direct' }: RigRequest,
): AsyncGenerator<RigFrame, void, undefined> {
  checkTimes(scenario, timesUs)
  const sizes = views.map((view) => drawnSize(chain, view))
  const chosen = typeof style === 'string' ? styleNamed(style) : style
  const device = await deviceFor(chosen, source)
  const opened: ConditionStyle[] = []
  const flying: Promise<RigFrame>[] = []
  try {
    views.forEach(({ camera }, i) => {
      opened.push(openStyle(chosen, device, scenario, scaleCamera(camera, sizes[i].width, sizes[i].height)))
    })
    for (const [frame, timeUs] of timesUs.entries()) {
      for (const [view, condition] of opened.entries()) {
        const drawn = readDrawn(device, await condition.draw(timeUs))
        const picture = drawn.then((image) => ({ view, frame, image: finishPicture(chain, image, views[view]) }))
        // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
        picture.catch(() => undefined)
        flying.push(picture)
        if (flying.length >= picturesInFlight) yield await (flying.shift() as Promise<RigFrame>)
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
  source: DeviceSource,
  scenario: Scenario,
  { camera, width, height, ...request }: ConditionRequest,
): AsyncGenerator<RgbImage, void, undefined> {
  for await (const { image } of renderRig(source, scenario, { ...request, views: [{ camera, width, height }] })) yield image
}

function openStyle(style: Style, device: RenderDevice | undefined, scenario: Scenario, camera: Camera): ConditionStyle {
  if (style.device === 'preferred' || style.device === 'unused') return style.open(device?.gpu, scenario, camera)
  return style.open((device as RenderDevice).gpu, scenario, camera)
}

function readDrawn(device: RenderDevice | undefined, drawn: DrawnPicture): Promise<SparseImage | GreyImage> {
  return 'data' in drawn || 'grey' in drawn ? Promise.resolve(drawn) : (device as RenderDevice).readback.readRgb(drawn)
}

function checkTimes({ startUs, endUs, id }: Scenario, timesUs: readonly Micros[]): void {
  const outside = timesUs.findIndex((time) => !(time >= startUs && time <= endUs))
  if (outside < 0) return
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `frame ${outside} at ${timesUs[outside]} us lies outside ${id}`, {
    expected: `times from ${startUs} to ${endUs} us`,
  })
}
