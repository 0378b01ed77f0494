import type { RgbImage } from '@virga/scenario'
import { bilateral } from './bilateral.ts'
import { resizeBicubic } from './bicubic.ts'
import { canny } from './canny.ts'
import { edgePresets, type Strength, visPresets } from './presets.ts'
import { resizeArea, resizeLinear } from './resize.ts'

/** The `edge` control of a frame: Canny edges, 0 or 255 in all three channels. */
export function edgeControl(image: RgbImage, preset: Strength): RgbImage {
  const { low, high } = edgePresets[preset]
  const { width, height } = image
  const edges = canny(image, low, high)
  const data = new Uint8Array(edges.length * 3)
  for (let i = 0, out = 0; i < edges.length; i++) {
    const value = edges[i] ?? 0
    data[out++] = value
    data[out++] = value
    data[out++] = value
  }
  return { width, height, data }
}

/** The `vis` control of a frame: [area shrink ->] bilateral [-> linear enlarge] -> bicubic down and up (cosmos-transfer1, control_input.py). */
export function visControl(image: RgbImage, preset: Strength): RgbImage {
  if (preset === 'none') return image
  const { diameter, sigmaColour, sigmaSpace, shrink, downUp } = visPresets[preset]
  const { width, height } = image
  const reduce = (factor: number): [number, number] => [Math.max(1, Math.trunc(width / factor)), Math.max(1, Math.trunc(height / factor))]
  const small = shrink > 1 ? resizeArea(image, ...reduce(shrink)) : image
  const smooth = bilateral(small, diameter, sigmaColour, sigmaSpace)
  const whole = shrink > 1 ? resizeLinear(smooth, width, height) : smooth
  return resizeBicubic(resizeBicubic(whole, ...reduce(downUp)), width, height)
}
