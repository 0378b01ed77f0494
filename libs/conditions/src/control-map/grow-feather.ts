import { squaredDistance } from './distance-transform.ts'

/**
 * Grows a mask's shape (values of at least 128) by `grow` pixels, or shrinks it where that is below 0, and lets it fall off linearly over
 * `feather` pixels outside. Distances are Euclidean, from a pixel's centre to the shape's border, which lies half a pixel outside the
 * centres of its outermost pixels; the frame's border is no border of the shape.
 *
 * @param mask [height * width], 0..255
 */
export function growFeather(mask: Uint8Array, width: number, height: number, grow: number, feather: number): Uint8Array {
  if (grow === 0 && feather === 0) return mask
  const toShape = squaredDistance((i) => mask[i] >= 128, width, height)
  const toRest = grow < 0 ? squaredDistance((i) => mask[i] < 128, width, height) : undefined
  const result = new Uint8Array(mask.length)
  for (let i = 0; i < result.length; i++) {
    // Infinite where there is no shape, or nothing but the shape.
    const outside = toShape[i] > 0 ? Math.sqrt(toShape[i]) - 0.5 : toRest === undefined ? -0.5 : 0.5 - Math.sqrt(toRest[i])
    const beyond = outside - grow
    if (beyond <= 0) result[i] = 255
    else if (beyond < feather) result[i] = Math.round(255 * (1 - beyond / feather))
  }
  return result
}
