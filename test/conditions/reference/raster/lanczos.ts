import type { RgbImage } from '@virga/scenario'
import { type Canvas, createCanvas } from './canvas.ts'

/** Weights are 11-bit fixed point. */
const weightOne = 2048
/** sin and cos of (x + 3) pi/4 shifted by multiples of pi/4, as OpenCV tabulates them in double. */
const turn = Math.SQRT1_2
const turns = [
  [1, 0],
  [-turn, -turn],
  [0, 1],
  [turn, -turn],
  [-1, 0],
  [turn, turn],
  [0, -1],
  [-turn, turn],
] as const

/**
 * A picture squeezed or stretched in height by OpenCV's `resize` with INTER_LANCZOS4 on bytes (its fixed-point arithmetic; the width stays):
 * 8 taps per row, weights normalised in float32 and rounded to 1/2048, rows beyond the picture repeat its edge.
 */
export function resizeHeightLanczos4(image: RgbImage, height: number): Canvas {
  const { width } = image
  const out = createCanvas(width, height)
  const scale = 1 / (height / image.height)
  for (let y = 0; y < height; y++) {
    const at = Math.fround((y + 0.5) * scale - 0.5)
    const row = Math.floor(at)
    const weights = lanczosWeights(Math.fround(at - row))
    const rows = weights.map((_, tap) => Math.min(Math.max(row - 3 + tap, 0), image.height - 1) * width * 3)
    for (let i = 0; i < width * 3; i++) {
      const sum = weights.reduce((total, weight, tap) => total + weight * image.data[rows[tap] + i] * weightOne, 0)
      out.data[y * width * 3 + i] = Math.min(Math.max(Math.floor((sum + 2 ** 21) / 2 ** 22), 0), 255)
    }
  }
  return out
}

/** The 8 taps for a position `x` (float32, 0..1) past the fourth of them, in 1/2048. */
function lanczosWeights(x: number): number[] {
  const start = -(Math.fround(x + 3) * Math.PI * 0.25)
  const [s, c] = [Math.sin(start), Math.cos(start)]
  const raw = turns.map(([a, b], i) => {
    const distance = Math.fround(Math.fround(x + 3) - i)
    if (Math.abs(distance) < 1e-6) return Math.fround(1e30)
    const angle = -distance * Math.PI * 0.25
    return Math.fround((a * s + b * c) / (angle * angle))
  })
  const sum = raw.reduce((total, value) => Math.fround(total + value), 0)
  const inverse = Math.fround(1 / sum)
  return raw.map((value) => Math.round(Math.fround(Math.fround(value * inverse) * weightOne)))
}
