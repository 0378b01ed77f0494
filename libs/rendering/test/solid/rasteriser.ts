import type { RgbImage } from '@virga/scenario'

/** A corner as upstream hands it to the graphics library: pixels, metres of depth, colour 0..1. */
export interface Corner {
  readonly u: number
  readonly v: number
  readonly depth: number
  readonly rgb: readonly [number, number, number]
}

/** The standard places of four samples in a pixel (Vulkan and Direct3D). */
const places = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const

/** Metres: depths of one plane computed from two triangles differ in their last bits; they count as equal. */
const rounding = 1e-9

/**
 * Draws triangles in float64: four depth-tested samples a pixel (LESS, first wins), colour taken at the pixel's centre, everything linear in
 * the picture, clipped at depth 0 and `far`, samples averaged.
 */
export class Rasteriser {
  readonly width: number
  readonly height: number
  readonly #depth: Float64Array
  readonly #colour: Uint8Array

  constructor(width: number, height: number, far: number) {
    this.width = width
    this.height = height
    this.#depth = new Float64Array(width * height * 4).fill(far)
    this.#colour = new Uint8Array(width * height * 12)
  }

  triangle(a: Corner, b: Corner, c: Corner): void {
    const area = (b.u - a.u) * (c.v - a.v) - (b.v - a.v) * (c.u - a.u)
    if (!(Math.abs(area) > 1e-12)) return
    const left = Math.max(Math.floor(Math.min(a.u, b.u, c.u)), 0)
    const right = Math.min(Math.ceil(Math.max(a.u, b.u, c.u)), this.width)
    const top = Math.max(Math.floor(Math.min(a.v, b.v, c.v)), 0)
    const bottom = Math.min(Math.ceil(Math.max(a.v, b.v, c.v)), this.height)
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        let rgb: number[] | undefined
        for (let s = 0; s < 4; s += 1) {
          const u = x + places[s][0]
          const v = y + places[s][1]
          const wb = ((u - a.u) * (c.v - a.v) - (v - a.v) * (c.u - a.u)) / area
          const wc = ((b.u - a.u) * (v - a.v) - (b.v - a.v) * (u - a.u)) / area
          if (wb < 0 || wc < 0 || wb + wc > 1) continue
          const depth = a.depth + wb * (b.depth - a.depth) + wc * (c.depth - a.depth)
          const at = (y * this.width + x) * 4 + s
          if (depth < 0 || depth >= this.#depth[at] - rounding) continue
          rgb ??= this.#shade(a, b, c, area, x + 0.5, y + 0.5)
          this.#depth[at] = depth
          this.#colour.set(rgb, at * 3)
        }
      }
    }
  }

  picture(): RgbImage {
    const data = new Uint8Array(this.width * this.height * 3)
    for (let i = 0; i < data.length; i += 1) {
      const at = Math.floor(i / 3) * 12 + (i % 3)
      data[i] = Math.round((this.#colour[at] + this.#colour[at + 3] + this.#colour[at + 6] + this.#colour[at + 9]) / 4)
    }
    return { width: this.width, height: this.height, data }
  }

  #shade(a: Corner, b: Corner, c: Corner, area: number, u: number, v: number): number[] {
    const wb = ((u - a.u) * (c.v - a.v) - (v - a.v) * (c.u - a.u)) / area
    const wc = ((b.u - a.u) * (v - a.v) - (b.v - a.v) * (u - a.u)) / area
    return [0, 1, 2].map((i) => {
      const value = a.rgb[i] + wb * (b.rgb[i] - a.rgb[i]) + wc * (c.rgb[i] - a.rgb[i])
      return Math.round(Math.min(Math.max(value, 0), 1) * 255)
    })
  }
}
