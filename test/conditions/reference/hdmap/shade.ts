import type { Rgb } from '../raster/canvas.ts'

/** Depth at which everything is black, metres. */
export const farthest = 122.5

export const clampDepth = (z: number): number => Math.min(Math.max(z, 0), farthest)

/** A colour at a depth in metres: floor(colour 2 (122.5 - z) / 255), 0.96 of it at the camera. */
export function shade(colour: Rgb, depth: number): Rgb {
  const level = (channel: number): number => Math.floor((channel * 2 * (farthest - depth)) / 255)
  return [level(colour[0]), level(colour[1]), level(colour[2])]
}
