import type { ControlMapFrames } from '@virga/models'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import { type FrameShape, getFrames, putFrames } from '../stage/frame-blob.ts'
import type { Size } from '../stage/rgb-frames.ts'

/**
 * Frames in one blob of a stored control map. A clip is read without what lies far from it, and a frame of a map is mostly runs of equal numbers,
 * which compress alike in any number of frames.
 */
export const framesPerBlob = 32

/** How many blobs a map of so many frames has. */
export const blobCount = (frames: number): number => Math.ceil(frames / framesPerBlob)

/** One frame: a plane of float32 per control, nothing rounded. */
const shapeOf = ({ width, height }: Size, controls: number): FrameShape => ({ type: '<f4', frame: [controls, height, width] })

/** What a stored map looks like from outside. */
export interface MapFacts extends Size {
  readonly frames: number
  /** In the order of the planes. */
  readonly controls: readonly string[]
  /** By control: smallest, mean and largest weight as asked for. */
  readonly weights: Readonly<Record<string, WeightRange>>
}

export interface WeightRange {
  readonly min: number
  readonly mean: number
  readonly max: number
}

/** Keeps the frames of a map and finds its weights' ranges on the way; one frame is held at a time. */
export async function storeMap(
  store: BlobStore,
  planes: AsyncIterable<readonly Float32Array[]>,
  { frames, controls, ...size }: Omit<MapFacts, 'weights'>,
  onFrame: (done: number) => void,
): Promise<{ refs: BlobRef[]; weights: MapFacts['weights'] }> {
  const ranges = controls.map(() => ({ min: Infinity, sum: 0, max: 0 }))
  const iterator = planes[Symbol.asyncIterator]()
  let done = 0
  async function* next(count: number): AsyncGenerator<Float32Array> {
    for (let i = 0; i < count; i++) {
      const step = await iterator.next()
      if (step.done === true) return
      const joined = new Float32Array(controls.length * size.width * size.height)
      step.value.forEach((plane, n) => {
        measure(plane, ranges[n])
        joined.set(plane, n * plane.length)
      })
      yield joined
      onFrame(++done)
    }
  }
  const refs: BlobRef[] = []
  try {
    for (let first = 0; first < frames; first += framesPerBlob) {
      const count = Math.min(framesPerBlob, frames - first)
      refs.push(await putFrames(store, shapeOf(size, controls.length), count, next(count)))
    }
    // What the map has to say after its last frame.
    await iterator.next()
  } finally {
    await iterator.return?.()
  }
  const values = frames * size.width * size.height
  const weights = ranges.map(({ min, sum, max }) => ({ min, mean: sum / values, max }))
  return { refs, weights: Object.fromEntries(controls.map((control, n) => [control, weights[n]])) }
}

function measure(plane: Float32Array, range: { min: number; sum: number; max: number }): void {
  let [{ min, max }, sum] = [range, 0]
  for (let i = 0; i < plane.length; i++) {
    const weight = plane[i]
    if (weight < min) min = weight
    if (weight > max) max = weight
    sum += weight
  }
  range.min = min
  range.max = max
  range.sum += sum
}

/** A stored map as the generator reads it: only the blobs that a clip needs. */
export function openStoredMap(store: BlobStore, refs: readonly BlobRef[], facts: MapFacts): ControlMapFrames {
  const { controls, weights, width, height } = facts
  const shape = shapeOf(facts, controls.length)
  const pixels = width * height
  return {
    ...{ frames: facts.frames, width, height },
    isActive: (control) => controls.includes(control) && weights[control].max > 0,
    read: async function* (names, first, count) {
      const places = names.map((name) => controls.indexOf(name))
      const nothing = new Float32Array(pixels)
      const end = first + count
      for (let blob = Math.floor(first / framesPerBlob); blob * framesPerBlob < end; blob++) {
        let frame = blob * framesPerBlob
        for await (const data of getFrames(store, refs[blob], shape)) {
          if (frame >= first && frame < end) {
            yield places.map((place) => (place < 0 ? nothing : (data as Float32Array).subarray(place * pixels, (place + 1) * pixels)))
          }
          if (++frame >= end) break
        }
      }
    },
  }
}
