import { resolve } from 'node:path'
import {
  controlMapNeeds,
  type ControlMapStream,
  type LoadedControlMap,
  openControlMap,
  type PixelLabels,
  resizeNearest,
} from '@virga/conditions'
import { type RenderDevice, renderLabels } from '@virga/rendering'
import { type Camera, type Micros, type RgbImage, type Scenario, segClassId } from '@virga/scenario'
import { cropImage, type View } from '../request/view.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { type OpenedWeights, openWeights } from './weight-file.ts'

export interface DriveMapRequest extends Size {
  readonly map: LoadedControlMap
  readonly scenario: Scenario
  /** Cropped to the view. */
  readonly camera: Camera
  /** The window of the camera's own image that the camera is cropped to; default: all of it. */
  readonly view?: View
  readonly timesUs: readonly Micros[]
  readonly fps: number
  /** Controls in use, the order of the planes. */
  readonly controls: readonly string[]
  /** What a simulated camera truly sees, one per frame that is drawn: takes the place of the classes and depths that map and boxes tell. */
  readonly truth?: () => AsyncIterable<PixelTruth>
  /** Frames to draw; default: all. */
  readonly range?: { readonly first: number; readonly count: number }
  openDevice(): Promise<RenderDevice>
}

/** Classes and depth of a frame at any size. */
export interface PixelTruth extends Size {
  /** Ids of segClasses, row-major. */
  readonly classes: Uint8Array
  /** Metres along the camera's axis, 0 = sky. */
  readonly depth: Float32Array
}

/**
 * Opens a control map over one camera of a drive: masks of classes, tracks and distances are drawn from the map and the boxes, with the
 * labels rendered only where the document asks for them.
 *
 * @throws VirgaError as `openControlMap`, `renderLabels` and `openWeights` do
 */
export async function openDriveMap(request: DriveMapRequest): Promise<ControlMapStream> {
  const { map, scenario, camera, view, timesUs, fps, width, height, controls, range } = request
  const needs = controlMapNeeds(map.spec)
  const device = needs.labels ? await request.openDevice() : undefined
  const drawn = range === undefined ? timesUs : timesUs.slice(range.first, range.first + range.count)
  const loadMask = scenario.vehicleMasks?.get(camera.name)
  const files: OpenedWeights[] = []
  const stream = await openControlMap(map.spec, {
    ...{ controls, fps, width, height },
    frames: timesUs.length,
    folder: map.folder,
    file: map.file,
    tracks: scenario.tracks,
    ...(range === undefined ? {} : { range }),
    ...(device === undefined
      ? {}
      : { labels: () => truly(renderLabels(device, scenario, { camera, width, height, timesUs: drawn }), request.truth?.()) }),
    ...(loadMask === undefined ? {} : { ownVehicle: async () => inView(await loadMask(), scenario, camera, view) }),
    openTensor: async (file) => {
      const weights = await openWeights(resolve(map.folder, file), [timesUs.length, height, width], file)
      files.push(weights)
      return weights
    },
  })
  return {
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
    notes: () => [...stream.notes(), ...files.flatMap((file) => file.notes())],
  }
}

/** A mask of the camera's own image, which may be kept at another size, in the view. */
function inView(mask: RgbImage, scenario: Scenario, { name }: Camera, view: View | undefined): RgbImage {
  const own = scenario.rig.cameras.find((camera) => camera.name === name)
  if (view === undefined || own === undefined) return mask
  const same = mask.width === own.width && mask.height === own.height
  return cropImage(same ? mask : resizeNearest(mask, own.width, own.height), view)
}

/** Labels with their classes and depths taken from the truth where there is one, nearest pixel; a track stays where the truth shows an object. */
async function* truly(labels: AsyncIterable<PixelLabels>, truth: AsyncIterable<PixelTruth> | undefined): AsyncGenerator<PixelLabels> {
  const truths = truth?.[Symbol.asyncIterator]()
  try {
    for await (const frame of labels) {
      const step = await truths?.next()
      yield step === undefined || step.done === true ? frame : seen(frame, step.value)
    }
  } finally {
    await truths?.return?.()
  }
}

const objects = new Set([segClassId.vehicle, segClassId.pedestrian])

function seen({ width, height, tracks }: PixelLabels, truth: PixelTruth): PixelLabels {
  const classes = new Uint8Array(width * height)
  const depth = new Float32Array(width * height)
  const across = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * truth.width) / width))
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * truth.height) / height) * truth.width
    for (let x = 0; x < width; x++, i++) {
      classes[i] = truth.classes[row + across[x]]
      depth[i] = truth.depth[row + across[x]]
    }
  }
  return { width, height, classes, depth, tracks: tracks.map((track, i) => (objects.has(classes[i]) ? track : 0)) }
}
