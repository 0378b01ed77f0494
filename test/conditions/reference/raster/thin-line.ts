import { type Canvas, putPixel, type Rgb } from './canvas.ts'
import { clipLine, type Point } from './clip-line.ts'

/** 16.16 fixed point, in which OpenCV draws thick lines. */
export const one = 65536
export const half = 32768
export const whole = (fixed: number): number => Math.floor(fixed / one)

/** One pixel wide, 8-connected, between whole pixels: Bresenham from left to right, as OpenCV's `line` of thickness 1 walks it. */
export function thinLine(canvas: Canvas, from: Point, to: Point, colour: Rgb): void {
  const { ends, inside } = clipLine(canvas.width, canvas.height, from, to)
  if (!inside) return
  const [a, b] = ends[0].x <= ends[1].x ? ends : [ends[1], ends[0]]
  const width = b.x - a.x
  const height = Math.abs(b.y - a.y)
  const down = b.y >= a.y ? 1 : -1
  const steep = height > width
  const [long, short] = steep ? [height, width] : [width, height]
  let { x, y } = a
  let error = long - 2 * short
  for (let i = 0; i <= long; i++) {
    putPixel(canvas, x, y, colour)
    const aside = error < 0
    error += aside ? 2 * long - 2 * short : -2 * short
    if (steep || aside) y += down
    if (!steep || aside) x += 1
  }
}

/** One pixel wide between points in 1/65536 pixel: the outline that OpenCV draws around a polygon with sub-pixel corners. */
export function fixedLine(canvas: Canvas, from: Point, to: Point, colour: Rgb): void {
  const { ends, inside } = clipLine(canvas.width * one, canvas.height * one, from, to)
  if (!inside) return
  const wide = Math.abs(ends[1].x - ends[0].x) > Math.abs(ends[1].y - ends[0].y)
  const backward = wide ? ends[1].x < ends[0].x : ends[1].y < ends[0].y
  const [a, b] = backward ? [ends[1], ends[0]] : ends
  putPixel(canvas, whole(b.x + half), whole(b.y + half), colour)
  const run = wide ? b.x - a.x : b.y - a.y
  const slope = Math.trunc(((wide ? b.y - a.y : b.x - a.x) * one) / (run | 1))
  let along = whole((wide ? a.x : a.y) + half)
  let across = (wide ? a.y : a.x) + half
  for (let left = whole(run); left >= 0; left--) {
    if (wide) putPixel(canvas, along, whole(across), colour)
    else putPixel(canvas, whole(across), along, colour)
    along += 1
    across += slope
  }
}
