import type { Random } from '../../random.ts'
import type { Street } from '../street.ts'
import { scaleOf } from './crosser.ts'
import { History } from './history.ts'
import type { PersonShape } from './shapes.ts'

/** Somebody on a pavement; `history.place` is metres along the way: arc length times direction. */
export interface Walker {
  readonly number: number
  readonly shape: PersonShape
  readonly scale: number
  readonly palette: number
  readonly side: -1 | 1
  readonly d: number
  readonly direction: 1 | -1
  readonly speed: number
  /** How one who stands is turned, radians. */
  readonly turn: number
  readonly history: History
}

/** People who go one way one behind the other, or who stand; in the order of their way, first first. */
export type Track = Walker[]

/** Width of one person's way, and half a person's length in the direction of the way with room to breathe. */
const trackWidth = 0.7
export const halfStep = 0.29

const personMix: readonly PersonShape[] = ['pedestrian', 'pedestrian', 'pedestrian', 'pedestrian-coat', 'pedestrian-coat', 'child']

/** People on the pavement of one side, in tracks side by side. */
export function fillPavement(seedOf: (stream: string) => Random, street: Street, side: -1 | 1, from: number, to: number): Track[] {
  const inner = (side < 0 ? street.kerbRight : street.kerbLeft) + side * 1.35
  const count = 1 + Math.floor(Math.max(0, street.pavement - 1.75) / trackWidth)
  const sideName = side < 0 ? 'right' : 'left'
  const spacing = (street.setting === 'city' ? 9 : 22) * count
  return Array.from({ length: count }, (_, i) => {
    const random = seedOf(`walkers ${sideName} ${i}`)
    const standing = count > 1 && i === count - 1
    const direction = random.chance(0.5) ? 1 : -1
    const base = (side < 0 ? 30000 : 40000) + 2500 * Math.min(i, 3)
    const track: Walker[] = []
    for (let s = from + random.between(0, spacing), k = 0; s < to; s += random.between(0.6, 1.6) * spacing * (standing ? 1.6 : 1), k++) {
      const shape = random.pick(personMix)
      const speed = standing ? 0 : random.between(0.9, 1.5) * (shape === 'child' ? 0.9 : 1)
      track.push({
        number: base + k,
        shape,
        scale: scaleOf(random, shape),
        palette: random.integer(0, 5),
        side,
        d: inner + side * trackWidth * i,
        direction,
        speed,
        turn: standing ? random.integer(0, 3) * (Math.PI / 2) + random.between(-0.2, 0.2) : 0,
        history: new History(direction * s, speed),
      })
      // Some go two and two, one behind the other.
      if (!standing && random.chance(0.2)) s += 1.1 - 0.6 * spacing
    }
    return direction > 0 ? track.reverse() : track
  })
}

/**
 * One step of a track: nobody comes nearer than a step to the one ahead, nor past a closed line.
 *
 * @param closed arc lengths [from, to] that nobody may enter now
 */
export function stepTrack(track: Track, closed: readonly (readonly [number, number])[], step: number): (() => void)[] {
  return track.map((walker, i) => {
    const { history, direction, speed } = walker
    let room = i > 0 ? track[i - 1].history.place - history.place - 2 * halfStep : Infinity
    for (const [a, b] of closed) {
      const near = direction > 0 ? a : -b
      const gap = near - halfStep - history.place
      // Who is in it already goes on.
      if (gap > -0.02) room = Math.min(room, gap)
    }
    const wanted = Math.min(speed, Math.max(0, room - 0.1) / 0.7, Math.max(0, room) / step, history.speed + 1.8 * step)
    return () => {
      history.move(wanted)
    }
  })
}

/** Whether nobody of a track is on a span of arc length, or would be within a moment. */
export function isFree(track: Track, from: number, to: number): boolean {
  return track.every(({ history, direction }) => {
    const s = history.place * direction
    const ahead = 0.25 * history.speed
    const [a, b] = direction > 0 ? [s - halfStep, s + halfStep + ahead] : [s - halfStep - ahead, s + halfStep]
    return b < from || a > to
  })
}
