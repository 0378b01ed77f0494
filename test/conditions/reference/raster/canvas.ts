import type { RgbImage } from '@virga/scenario'

/** Levels 0..255 of red, green, blue. */
export type Rgb = readonly [number, number, number]

/** A picture that primitives write to, black at first; what lies outside of it is dropped. */
export interface Canvas extends RgbImage {
  readonly data: Uint8Array
}

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, data: new Uint8Array(width * height * 3) }
}

export function putPixel(canvas: Canvas, x: number, y: number, colour: Rgb): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return
  canvas.data.set(colour, 3 * (y * canvas.width + x))
}

/** Pixels from..to of a row, both included. */
export function putRow(canvas: Canvas, y: number, from: number, to: number, colour: Rgb): void {
  if (y < 0 || y >= canvas.height) return
  for (let x = Math.max(from, 0); x <= Math.min(to, canvas.width - 1); x++) canvas.data.set(colour, 3 * (y * canvas.width + x))
}

/** Per channel the greater of the two, into the first. */
export function mergeMax(into: Canvas, other: Canvas): void {
  for (let i = 0; i < into.data.length; i++) if (other.data[i] > into.data[i]) into.data[i] = other.data[i]
}
