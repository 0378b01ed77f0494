import { type Canvas, createCanvas } from '../raster/canvas.ts'

/** A corner in pixels, metres of depth and levels of colour: all three run linearly over the triangle in the picture. */
export interface Corner {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly rgb: readonly [number, number, number]
}

/** Where a pixel is sampled: the standard pattern of four that Vulkan and Direct3D fix. */
const samples = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const

/** A multisampled picture with depth: 4 samples per pixel, the nearest of them kept, the first drawn winning a tie (depth test LESS). */
export class Target {
  readonly width: number
  readonly height: number
  readonly #farthest: number
  readonly #depth: Float32Array
  readonly #colour: Uint8Array

  /** @param farthest metres; nothing beyond is drawn */
  constructor(width: number, height: number, farthest: number) {
    this.width = width
    this.height = height
    this.#farthest = farthest
    this.#depth = new Float32Array(width * height * samples.length).fill(1)
    this.#colour = new Uint8Array(width * height * samples.length * 3)
  }

  /** Draws a convex polygon as a fan, after its parts nearer than 0 and beyond the far plane are cut off. */
  fill(polygon: readonly Corner[]): void {
    const near = cut(polygon, ({ z }) => z)
    const corners = cut(near, ({ z }) => this.#farthest - z)
    for (let i = 2; i < corners.length; i++) this.#triangle(corners[0], corners[i - 1], corners[i])
  }

  /** Mean of the samples, rounded. */
  resolve(): Canvas {
    const picture = createCanvas(this.width, this.height)
    for (let pixel = 0; pixel < this.width * this.height; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let sample = 0; sample < samples.length; sample++) sum += this.#colour[3 * (samples.length * pixel + sample) + channel]
        picture.data[3 * pixel + channel] = Math.round(sum / samples.length)
      }
    }
    return picture
  }

  /** Coverage and depth per sample, colour once per pixel at its centre (also where the centre lies outside of the triangle). */
  #triangle(a: Corner, b: Corner, c: Corner): void {
    const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    if (area === 0) return
    // Weights of the corners b and c run linearly over the picture: w = x * wx + y * wy + w0; that of a is what is left to 1.
    const [bx, by] = [(c.y - a.y) / area, (a.x - c.x) / area]
    const [cx, cy] = [(a.y - b.y) / area, (b.x - a.x) / area]
    const left = Math.max(Math.floor(Math.min(a.x, b.x, c.x)), 0)
    const right = Math.min(Math.floor(Math.max(a.x, b.x, c.x)), this.width - 1)
    const top = Math.max(Math.floor(Math.min(a.y, b.y, c.y)), 0)
    const bottom = Math.min(Math.floor(Math.max(a.y, b.y, c.y)), this.height - 1)
    for (let py = top; py <= bottom; py++) {
      for (let px = left; px <= right; px++) {
        for (let sample = 0; sample < samples.length; sample++) {
          const dx = px + samples[sample][0] - a.x
          const dy = py + samples[sample][1] - a.y
          const wb = dx * bx + dy * by
          const wc = dx * cx + dy * cy
          if (wb < 0 || wc < 0 || wb + wc > 1) continue
          const at = samples.length * (py * this.width + px) + sample
          const depth = Math.fround((a.z + wb * (b.z - a.z) + wc * (c.z - a.z)) / this.#farthest)
          if (!(depth < this.#depth[at])) continue
          this.#depth[at] = depth
          const [mx, my] = [px + 0.5 - a.x, py + 0.5 - a.y]
          const [mb, mc] = [mx * bx + my * by, mx * cx + my * cy]
          for (let channel = 0; channel < 3; channel++) {
            const level = a.rgb[channel] + mb * (b.rgb[channel] - a.rgb[channel]) + mc * (c.rgb[channel] - a.rgb[channel])
            this.#colour[3 * at + channel] = Math.round(Math.min(Math.max(level, 0), 255))
          }
        }
      }
    }
  }
}

/** The part of a convex polygon where `inset` is not negative; everything runs linearly between corners. */
function cut(polygon: readonly Corner[], inset: (corner: Corner) => number): Corner[] {
  return polygon.flatMap((corner, i) => {
    const next = polygon[(i + 1) % polygon.length]
    const [here, there] = [inset(corner), inset(next)]
    const own = here >= 0 ? [corner] : []
    return here * there < 0 ? [...own, between(corner, next, here / (here - there))] : own
  })
}

export function between(a: Corner, b: Corner, t: number): Corner {
  const mix = (from: number, to: number): number => from + (to - from) * t
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    z: mix(a.z, b.z),
    rgb: [mix(a.rgb[0], b.rgb[0]), mix(a.rgb[1], b.rgb[1]), mix(a.rgb[2], b.rgb[2])],
  }
}
