import { describe, expect, it } from 'vitest'
import { simulateDrive, type SimulatedDrive } from './drive.ts'
import { lightStateAt } from './signals.ts'
import { egoPlacement } from './to-scenario.ts'
import type { Actor } from './traffic.ts'
import { isPerson } from './traffic/shapes.ts'

interface Footprint {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly heading: number
  readonly half: readonly [number, number]
}

function footprints(drive: SimulatedDrive, seconds: number): Footprint[] {
  const own = egoPlacement(drive, seconds)
  const bodies = drive.actors.map((actor): Footprint => {
    const { x, y, heading } = actor.placementAt(seconds)
    return { id: actor.id, x, y, heading, half: [actor.size[0] / 2, actor.size[1] / 2] }
  })
  const [x, y] = [own.x + 1.1 * Math.cos(own.heading), own.y + 1.1 * Math.sin(own.heading)]
  return [...bodies, { id: 'ego', x, y, heading: own.heading, half: [2.3, 0.925] }]
}

/** Separating axes of two rectangles. */
function overlap(a: Footprint, b: Footprint): boolean {
  if (Math.hypot(a.x - b.x, a.y - b.y) > Math.hypot(...a.half) + Math.hypot(...b.half)) return false
  return [a.heading, a.heading + Math.PI / 2, b.heading, b.heading + Math.PI / 2].every((axis) => {
    const reach = ({ heading, half }: Footprint): number =>
      Math.abs(Math.cos(heading - axis)) * half[0] + Math.abs(Math.sin(heading - axis)) * half[1]
    return Math.abs((a.x - b.x) * Math.cos(axis) + (a.y - b.y) * Math.sin(axis)) < reach(a) + reach(b) - 1e-6
  })
}

const crosserNumbers = 50000
const isFlow = ({ number }: Actor): boolean => number > 0 && number < 10000
const movedBy = (actor: Actor, from: number, to: number): number => {
  const [a, b] = [actor.placementAt(from), actor.placementAt(to)]
  return Math.hypot(a.x - b.x, a.y - b.y)
}

const seeds = Array.from({ length: 40 }, (_, i) => 3000 + 7 * i)
const drives = seeds.map((seed) => simulateDrive({ seed, seconds: 12 }))

describe('traffic', () => {
  it('lets no two bodies ever touch', () => {
    const clashes: string[] = []
    for (const drive of drives) {
      for (let t = 0; t <= 12; t += 0.35) {
        const all = footprints(drive, t)
        for (const [i, a] of all.entries()) {
          for (let k = i + 1; k < all.length; k++) if (overlap(a, all[k])) clashes.push(`seed ${drive.seed} at ${t}: ${a.id} ${all[k].id}`)
        }
      }
    }
    expect(clashes).toEqual([])
  })

  it('is the same for the same seed, and does not change with the length of the drive', () => {
    for (const seed of [3, 12, 77]) {
      const [short, again, long] = [4, 4, 11].map((seconds) => simulateDrive({ seed, seconds }))
      const byNumber = new Map(long.actors.map((actor) => [actor.number, actor]))
      expect(short.actors.length).toBeGreaterThan(20)
      for (const [i, actor] of short.actors.entries()) {
        const other = byNumber.get(actor.number)
        expect(other?.shape, `seed ${seed}: ${actor.id}`).toBe(actor.shape)
        for (const t of [0, 1.37, 4]) {
          expect(other?.placementAt(t)).toEqual(actor.placementAt(t))
          expect(again.actors[i].placementAt(t)).toEqual(actor.placementAt(t))
        }
      }
      for (const t of [0, 2.2, 4]) expect(long.ego.sAt(t)).toBe(short.ego.sAt(t))
    }
  })

  it('numbers every actor once, within 16 bits', () => {
    for (const { actors } of drives) {
      expect(new Set(actors.map(({ number }) => number)).size).toBe(actors.length)
      for (const { number } of actors) expect(number > 0 && number < 65536).toBe(true)
    }
  })

  it('shows every shape and class', () => {
    const classes = new Set(drives.flatMap(({ scenario }) => scenario.tracks.map((track) => track.class)))
    expect([...classes].sort()).toEqual(['bicycle', 'bus', 'car', 'motorcycle', 'pedestrian', 'truck', 'van'])
  })

  it('runs no red light, and stops at some', () => {
    let waits = 0
    for (const drive of drives) {
      const { street } = drive
      for (const actor of drive.actors.filter(isFlow)) {
        const forward = actor.number < 1000 || (actor.number >= 8000 && actor.number < 9000)
        const direction = forward ? 1 : -1
        const front = (t: number): number => actor.travelledAt(t) + actor.size[0] / 2
        for (const { index, s, half, signals } of street.junctions) {
          if (!signals) continue
          const box = direction * s - half
          for (let t = 0.2; t < 12; t += 0.2) {
            const red = [t - 0.2, t - 2].every((time) => lightStateAt(street, index, 'main', Math.max(0, time)) === 'red')
            // Two seconds into the red nobody comes into the junction who was before the crossing when it began.
            if (red && t > 2.2) expect(front(t - 2) < box - 4 && front(t) > box, `seed ${drive.seed}: ${actor.id} at ${t}`).toBe(false)
            if (red && front(t) < box - 3 && front(t) > box - 12 && actor.travelledAt(t) - actor.travelledAt(t - 0.2) < 1e-3) waits++
          }
        }
      }
    }
    expect(waits).toBeGreaterThan(50)
  })

  it('lets people cross, vehicles from side streets too, and the ego stop', () => {
    const crossed = drives.flatMap(({ actors }) => actors.filter((actor) => actor.number >= crosserNumbers && movedBy(actor, 0, 12) > 8))
    const over = drives.flatMap(({ actors }) =>
      actors.filter((actor) => actor.number >= 20000 && actor.number < 30000 && movedBy(actor, 0, 12) > 12),
    )
    expect(crossed.length).toBeGreaterThan(15)
    expect(over.length).toBeGreaterThan(3)
    const speeds = drives.flatMap(({ ego }) => Array.from({ length: 24 }, (_, i) => (ego.sAt(i / 2 + 0.05) - ego.sAt(i / 2 - 0.05)) / 0.1))
    expect(Math.max(...speeds)).toBeLessThan(9.1)
    expect(Math.min(...speeds)).toBeGreaterThan(-1e-9)
    const stands = speeds.filter((speed) => speed < 0.2).length / speeds.length
    expect(stands).toBeGreaterThan(0.01)
    expect(stands).toBeLessThan(0.3)
  })

  it('brakes as drivers do, with its lamps on', () => {
    for (const { actors } of drives.slice(0, 12)) {
      for (const actor of actors.filter(isFlow)) {
        for (let t = 0.2; t < 12; t += 0.3) {
          const [a, b, c] = [t - 0.1, t, t + 0.1].map((time) => actor.travelledAt(time))
          const acceleration = (a - 2 * b + c) / 0.01
          expect(acceleration, `${actor.id} at ${t}`).toBeGreaterThan(-8.5)
          expect(acceleration).toBeLessThan(2)
          if (acceleration < -2) expect(actor.brakingAt(t) || actor.brakingAt(t - 0.1), `${actor.id} at ${t}`).toBe(true)
        }
      }
    }
  })

  it('stands vehicles on slopes as they lie', () => {
    let tilted = 0
    for (const drive of drives) {
      for (const actor of drive.actors.filter((one) => !isPerson(one.shape) && isFlow(one))) {
        const { z, pitch = 0 } = actor.placementAt(3)
        const forward = actor.number < 1000 || (actor.number >= 8000 && actor.number < 9000)
        const s = actor.travelledAt(3) * (forward ? 1 : -1)
        if (s < drive.road.start + 20 || s > drive.road.end - 20) continue
        const half = actor.size[0] / 2
        const rise = (drive.road.height(s + half) - drive.road.height(s - half)) * (forward ? 1 : -1)
        expect(Math.tan(pitch)).toBeCloseTo(rise / actor.size[0], 9)
        expect(Math.abs(z - drive.road.height(s))).toBeLessThan(0.1)
        if (Math.abs(pitch) > 0.01) tilted++
      }
    }
    expect(tilted).toBeGreaterThan(20)
  })
})
