import { readFile, stat } from 'node:fs/promises'
import type { WeightPlanes } from '@virga/conditions'
import { type Extents, parseSafetensors, trilinearFrames } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import { openNpz, parseNpy } from '@virga/formats'
import { elementTypes, type NumberFile } from './number-file.ts'
import { readTorchTensor } from './torch-file.ts'

/** Kinds of files that weights are read from, by the end of their names. */
const kinds = ['.npy', '.npz', '.safetensors', '.pt', '.pth']
/** Bytes of a file or of an array in an archive: a clip of Cosmos-Transfer1 has 0.9 GB in float64. Read as a whole. */
const largestFile = 2 ** 30
const largestSide = 16_384
const largestFrame = 2 ** 26

export interface OpenedWeights extends WeightPlanes {
  /** What was done to the numbers that the reader may not expect. */
  notes(): string[]
}

/**
 * Opens a file of weights [T, H, W], or [H, W] for all frames, and brings it to the map's frames and pixels: trilinear, half-pixel centres, no
 * antialiasing; below 0 is clamped (cosmos-transfer1, inference_utils.py, load_spatial_temporal_weights and resize_control_weight_map, but over the
 * whole video instead of its first 121 frames).
 *
 * @param name what notes call the file
 * @throws VirgaError VIRGA_BAD_INPUT: not one array of two or three axes, cut short, of another kind; while planes are read also for NaN
 */
export async function openWeights(file: string, extents: Extents, name = file): Promise<OpenedWeights> {
  const source = await openNumbers(file)
  const from: Extents = [source.frames, source.height, source.width]
  const held = new Map<number, Float32Array>()
  let clamped = 0
  const read = (index: number): Float32Array => {
    let plane = held.get(index)
    if (plane === undefined) {
      plane = source.frame(index)
      for (let i = 0; i < plane.length; i++) {
        if (!Number.isFinite(plane[i]))
          throw new VirgaError('VIRGA_BAD_INPUT', `a weight is ${plane[i]}`, {
            file,
            record: `frame ${index}, row ${Math.floor(i / source.width)}, column ${i % source.width}`,
            expected: 'finite numbers',
          })
        if (plane[i] < 0) {
          plane[i] = 0
          clamped++
        }
      }
      // A frame of the map lies between two of the file.
      for (const other of held.keys()) if (other < index - 1) held.delete(other)
      held.set(index, plane)
    }
    return plane
  }
  const isStill = source.frames === 1
  const isSame = from[1] === extents[1] && from[2] === extents[2] && (isStill || from[0] === extents[0])
  const resized = trilinearFrames(read, from, isStill ? [1, extents[1], extents[2]] : extents)
  let still: Float32Array | undefined
  return {
    plane: (frame) => {
      if (isSame) return read(isStill ? 0 : frame)
      return isStill ? (still ??= resized(0)) : resized(frame)
    },
    notes: () => [
      ...(isSame ? [] : [`${name} is ${from.join(' x ')} and is stretched to ${extents.join(' x ')}`]),
      ...(clamped > 0 ? [`${clamped} weights of ${name} are below 0 and count as 0`] : []),
    ],
  }
}

/** @throws VirgaError VIRGA_BAD_INPUT */
export async function openNumbers(file: string): Promise<NumberFile> {
  const kind = kinds.find((end) => file.toLowerCase().endsWith(end))
  if (kind === undefined)
    throw new VirgaError('VIRGA_BAD_INPUT', 'no file of weights', { file, expected: `a name that ends in ${kinds.join(', ')}` })
  const size = await stat(file).then(
    (facts) => facts.size,
    (cause: unknown) => {
      throw new VirgaError('VIRGA_BAD_INPUT', 'the file of weights cannot be read', { file }, { cause })
    },
  )
  if (size > largestFile)
    throw new VirgaError('VIRGA_BAD_INPUT', `the file of weights has ${size} bytes`, { file, expected: `at most ${largestFile}` })
  return parseNumbers(await readFile(file), kind, file)
}

/** The same for bytes at hand. */
export function parseNumbers(bytes: Uint8Array, kind: string, file: string): NumberFile {
  switch (kind) {
    case '.npy': {
      const { shape, values } = parseNpy(bytes, { file })
      return dense(shape, values, file)
    }
    case '.npz': {
      const zip = openNpz(bytes, { file }, largestFile)
      const { shape, values } = zip.read(only(zip.names, file))
      return dense(shape, values, file)
    }
    case '.safetensors': {
      const tensors = parseSafetensors(bytes, file)
      const { shape, data } = tensors.get(only([...tensors.keys()], file))!
      return dense(shape, data, file)
    }
    default: {
      const { type, shape, strides, offset, bytes: data } = readTorchTensor(bytes, { file })
      const [frames, height, width] = extentsOf(shape, file)
      const [along, down, across] = shape.length === 2 ? [0, ...strides] : strides
      const { bytes: step, read } = elementTypes[type]
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
      return {
        ...{ frames, height, width },
        frame: (index) => {
          const result = new Float32Array(height * width)
          let i = 0
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++) result[i++] = read(view, (offset + index * along + y * down + x * across) * step)
          return result
        },
      }
    }
  }
}

function dense(shape: readonly number[], values: ArrayLike<number> | BigInt64Array | BigUint64Array, file: string): NumberFile {
  const [frames, height, width] = extentsOf(shape, file)
  const plane = height * width
  return {
    ...{ frames, height, width },
    frame: (index) => {
      const result = new Float32Array(plane)
      for (let i = 0; i < plane; i++) result[i] = Number(values[index * plane + i])
      return result
    },
  }
}

function extentsOf(shape: readonly number[], file: string): Extents {
  const [frames, height, width] = shape.length === 2 ? [1, ...shape] : shape
  const fits = shape.length >= 2 && shape.length <= 3 && [frames, height, width].every((size) => size >= 1)
  if (!fits || Math.max(height, width) > largestSide || height * width > largestFrame || frames > 1_000_000)
    throw new VirgaError('VIRGA_BAD_INPUT', `the weights have the shape [${shape.join(', ')}]`, {
      file,
      field: 'shape',
      expected: `[frames, height, width] or [height, width], sides of 1 to ${largestSide}, at most ${largestFrame} pixels`,
    })
  return [frames, height, width]
}

function only(names: readonly string[], file: string): string {
  if (names.length === 1) return names[0]
  throw new VirgaError('VIRGA_BAD_INPUT', `the file holds ${names.length} arrays`, {
    file,
    expected: `one${names.length === 0 ? '' : `; it has ${names.slice(0, 10).join(', ')}`}`,
  })
}
