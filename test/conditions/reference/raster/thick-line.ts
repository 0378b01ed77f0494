import { type Canvas, putRow, type Rgb } from './canvas.ts'
import type { Point } from './clip-line.ts'
import { fillConvex } from './fill-convex.ts'
import { one } from './thin-line.ts'

/**
 * A line of constant width with round ends between whole pixels, as OpenCV's `line` (LINE_8, thickness above 1) covers pixels: a
 * rectangle with corners in 1/65536 pixel, and at each end a disc of half the thickness, rounded up.
 *
 * @param thickness whole pixels, 2 or more
 */
export function thickLine(canvas: Canvas, from: Point, to: Point, thickness: number, colour: Rgb): void {
  const dx = from.x - to.x
  const dy = to.y - from.y
  const length = Math.hypot(dx, dy)
  if (length > 0) {
    const scale = (thickness * (one / 2) + (thickness & 1) * one * 0.5) / length
    const sx = roundHalfToEven(dy * scale)
    const sy = roundHalfToEven(dx * scale)
    const corner = ({ x, y }: Point, sign: number): Point => ({ x: x * one + sign * sx, y: y * one + sign * sy })
    fillConvex(canvas, [corner(from, 1), corner(from, -1), corner(to, -1), corner(to, 1)], colour, true)
  }
  const radius = Math.floor((thickness + 1) / 2)
  disc(canvas, from, radius, colour)
  disc(canvas, to, radius, colour)
}

/** A filled circle in whole pixels by the midpoint rule. */
function disc(canvas: Canvas, { x, y }: Point, radius: number, colour: Rgb): void {
  let error = 0
  let a = radius
  let b = 0
  let plus = 1
  let minus = 2 * radius - 1
  while (a >= b) {
    for (const sign of [-1, 1]) {
      putRow(canvas, y + sign * b, x - a, x + a, colour)
      putRow(canvas, y + sign * a, x - b, x + b, colour)
    }
    b += 1
    error += plus
    plus += 2
    if (error > 0) {
      error -= minus
      a -= 1
      minus -= 2
    }
  }
}

/** To the nearest integer, halves to the even one: the processor's own rounding, which OpenCV and numpy use. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
