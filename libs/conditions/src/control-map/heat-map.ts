import type { RgbImage } from '@virga/scenario'
import { heatColours } from './heat-colours.ts'

/**
 * Weights 0..1 over a picture: where a weight is 0 the picture shows in grey, elsewhere it is tinted with the weight's colour, the more the
 * heavier. Weights above 1 look like 1.
 *
 * @param weights [height * width]
 * @param picture of the same size; undefined: black
 */
export function heatMap(weights: Float32Array, width: number, height: number, picture?: RgbImage): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < weights.length; i++) {
    const grey = picture === undefined ? 0 : luma(picture.data, 3 * i) * 0.8
    const weight = Math.min(weights[i], 1)
    const share = weight > 0 ? 0.45 + 0.2 * weight : 0
    const at = 3 * Math.round(weight * 255)
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(grey + (heatColours[at + c] - grey) * share)
  }
  return { width, height, data }
}

/** BT.601. */
const luma = (data: Uint8Array, at: number): number => 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]
