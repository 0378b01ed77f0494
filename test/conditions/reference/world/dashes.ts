import type { Vec3 } from '@virga/scenario'
import { mix } from '../hdmap/near-clip.ts'
import type { Flavour, Pattern } from './palette.ts'

export type Segment = readonly [Vec3, Vec3]

/** Metres between the points that patterns are counted on. */
export const fineStep = 0.05

/** Segments on, segments off. */
const counted = { long: [60, 182], short: [18, 54] } as const
const dotWindow = [18, 54] as const

/** The drawn segments of a line that is cut into pieces of 5 cm. */
export function dash(points: readonly Vec3[], pattern: Pattern, flavour: Flavour): Segment[] {
  const segments = points.slice(1).map((end, i): Segment => [points[i], end])
  switch (pattern) {
    case 'solid':
      return segments
    case 'dotted':
      return segments.filter((_, i) => i % 10 === 0)
    case 'dot-dashed': {
      const [on, off] = dotWindow
      if (segments.length <= on) return segments.filter((_, i) => i % 3 === 0)
      return segments.filter((_, i) => i % (on + off) < on && (i % (on + off)) % 3 === 0)
    }
    case 'long':
      return flavour === 'dd' ? byCount(segments, counted.long) : cutByLength(segments, 3, 9)
    case 'short':
      return flavour === 'dd' ? byCount(segments, counted.short) : wholeByLength(segments, 1.5, 1.5)
  }
}

function byCount(segments: Segment[], [on, off]: readonly [number, number]): Segment[] {
  return segments.length <= on ? segments : segments.filter((_, i) => i % (on + off) < on)
}

const lengthOf = ([a, b]: Segment): number => Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2])

/** Segments cut exactly where paint begins and ends. */
function cutByLength(segments: readonly Segment[], on: number, off: number): Segment[] {
  let along = 0
  return segments.flatMap((segment) => {
    const [start, length] = [along, lengthOf(segment)]
    along += length
    const first = Math.floor(start / (on + off))
    return [first, first + 1].flatMap((period): Segment[] => {
      const from = Math.max(start, period * (on + off))
      const to = Math.min(start + length, period * (on + off) + on)
      const at = (arc: number): Vec3 => mix(segment[0], segment[1], (arc - start) / length)
      return to > from ? [[at(from), at(to)]] : []
    })
  })
}

/** Only segments that lie in the paint from end to end. */
function wholeByLength(segments: readonly Segment[], on: number, off: number): Segment[] {
  let along = 0
  return segments.filter((segment) => {
    const start = along % (on + off)
    const length = lengthOf(segment)
    along += length
    return start + length <= on + 1e-9
  })
}

/** A line moved sideways in the ground plane, metres to the left of its direction. */
export function shiftLeft(points: readonly Vec3[], metres: number): Vec3[] {
  return points.map((point, i): Vec3 => {
    const [a, b] = i + 1 < points.length ? [point, points[i + 1]] : [points[i - 1], point]
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
    const length = Math.hypot(dx, dy)
    return length === 0 ? point : [point[0] - (dy / length) * metres, point[1] + (dx / length) * metres, point[2]]
  })
}
