import type { FlatShading, Rgb } from './description.ts'

/** The colour at a camera z in metres (clamped to 0..far) as red | green << 8 | blue << 16. */
export function shade([red, green, blue]: Rgb, z: number, { far, range }: FlatShading): number {
  if (range === undefined) return red | (green << 8) | (blue << 16)
  const left = far - (z < 0 ? 0 : z < far ? z : far)
  return Math.floor((red * left) / range) | (Math.floor((green * left) / range) << 8) | (Math.floor((blue * left) / range) << 16)
}
