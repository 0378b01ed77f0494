import type { RgbImage } from '@virga/scenario'
import { bilateralKernel, type Kernel, tapBytes } from './bilateral-kernel.ts'
import { webAssembly, type WasmMemory } from './wasm/webassembly.ts'

const pageBytes = 65_536

/**
 * Bilateral filter (Tomasi and Manduchi 1998) with OpenCV's choices: a disc of radius floor(diameter / 2), colour distance as the sum
 * of the absolute channel differences, border mirrored without repeating the edge. Within 1 of OpenCV's `bilateralFilter`; both sum in
 * single precision.
 *
 * @param diameter pixels
 * @param sigmaColour grey levels; @param sigmaSpace pixels
 */
export function bilateral(image: RgbImage, diameter: number, sigmaColour: number, sigmaSpace: number): RgbImage {
  const { width, height } = image
  const { memory, radius, stride, plane, outAt, outPlane, kernel } = workplace(width, height, diameter, sigmaColour, sigmaSpace)
  const floats = new Float32Array(memory.buffer)
  mirror(image, radius, stride, plane / 4, floats)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, to = 0; y < height; y++) {
    kernel(((y + radius) * stride + radius) * 4, outAt, outAt + 4 * width)
    for (let x = 0, from = outAt / 4; x < width; x++, from++) {
      data[to++] = floats[from]
      data[to++] = floats[from + outPlane / 4]
      data[to++] = floats[from + outPlane / 2]
    }
  }
  return { width, height, data }
}

/** Memory and code for pictures of one size and one filter. */
interface Workplace {
  readonly memory: WasmMemory
  readonly kernel: Kernel
  readonly radius: number
  /** Pixels from one row of a padded plane to the next. */
  readonly stride: number
  readonly plane: number
  readonly outAt: number
  readonly outPlane: number
}

/** That of the last call: frames of a video have one size. */
let last: { readonly key: string; readonly workplace: Workplace } | undefined

function workplace(width: number, height: number, diameter: number, sigmaColour: number, sigmaSpace: number): Workplace {
  const key = [width, height, diameter, sigmaColour, sigmaSpace].join()
  if (last?.key === key) return last.workplace
  const radius = Math.max(diameter >> 1, 1)
  // Four pixels are loaded at once, also the last of a row and those beside them.
  const outPlane = Math.ceil(width / 4) * 16
  const stride = outPlane / 4 + 2 * radius
  const plane = (stride * (height + 2 * radius) + 4) * 4
  const taps = discTaps(radius, sigmaSpace, stride)
  const tapsAt = 3 * plane
  const outAt = tapsAt + taps.byteLength
  const memory = new webAssembly.Memory({ initial: Math.ceil((outAt + 3 * outPlane) / pageBytes) })
  new Uint8Array(memory.buffer).set(taps, tapsAt)
  const tapCount = taps.byteLength / tapBytes
  const kernel = bilateralKernel(memory, { plane, taps: tapsAt, tapCount, outPlane }, 1 / (2 * sigmaColour * sigmaColour * Math.LN2))
  last = { key, workplace: { memory, kernel, radius, stride, plane, outAt, outPlane } }
  return last.workplace
}

/** The disc row by row, as the kernel reads it. */
function discTaps(radius: number, sigmaSpace: number, stride: number): Uint8Array {
  const offsets: number[] = []
  const logarithms: number[] = []
  for (let dy = -radius; dy <= radius; dy++) {
    const half = Math.floor(Math.sqrt(radius ** 2 - dy ** 2))
    for (let dx = -half; dx <= half; dx++) {
      offsets.push((dy * stride + dx) * 4)
      logarithms.push(-(dx * dx + dy * dy) / (2 * sigmaSpace * sigmaSpace * Math.LN2))
    }
  }
  const bytes = new Uint8Array(offsets.length * tapBytes)
  const integers = new Int32Array(bytes.buffer)
  const floats = new Float32Array(bytes.buffer)
  offsets.forEach((offset, i) => {
    integers[2 * i] = offset
    floats[2 * i + 1] = logarithms[i]
  })
  return bytes
}

/** The image in three planes of floats, with `radius` pixels more on every side, mirrored about the border pixels. */
function mirror({ width, height, data }: RgbImage, radius: number, stride: number, plane: number, out: Float32Array): void {
  const columns = Int32Array.from({ length: width + 2 * radius }, (_, i) => reflect(i - radius, width) * 3)
  for (let y = -radius; y < height + radius; y++) {
    const row = reflect(y, height) * width * 3
    let to = (y + radius) * stride
    for (let i = 0; i < columns.length; i++, to++) {
      const at = row + columns[i]
      out[to] = data[at]
      out[to + plane] = data[at + 1]
      out[to + 2 * plane] = data[at + 2]
    }
  }
}

/** Index of a mirrored border, edge not repeated, also where the image is smaller than the border. */
function reflect(i: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const phase = ((i % period) + period) % period
  return phase < size ? phase : period - phase
}
