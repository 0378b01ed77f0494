import type { ObjectClass } from '@virga/scenario'
import type { Random } from '../random.ts'
import type { Road } from './road.ts'
import { forwardLaneCentre, junctionSpans, oncomingLaneCentre, type Street } from './street.ts'

export type Shape = 'hatchback' | 'saloon' | 'suv' | 'van' | 'truck' | 'pedestrian'

/** Length, width, height of each shape in metres: the meshes fill these boxes. */
export const shapeSizes: Record<Shape, readonly [number, number, number]> = {
  hatchback: [4.0, 1.76, 1.48],
  saloon: [4.6, 1.82, 1.44],
  suv: [4.5, 1.88, 1.7],
  van: [5.4, 2.0, 2.4],
  truck: [7.4, 2.3, 3.2],
  pedestrian: [0.55, 0.6, 1.74],
}

const classes: Record<Shape, ObjectClass> = {
  hatchback: 'car',
  saloon: 'car',
  suv: 'car',
  van: 'van',
  truck: 'truck',
  pedestrian: 'pedestrian',
}

/** Where a body is: the middle of its footprint on the ground, and its heading. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly heading: number
}

/** One vehicle or person of the drive. */
export interface Actor {
  readonly id: string
  readonly class: ObjectClass
  readonly shape: Shape
  /** Index into the paint (vehicles) or clothing (pedestrians) palette. */
  readonly palette: number
  readonly moving: boolean
  readonly lightsOn: boolean
  /** Metres travelled per second, for the walk cycle. */
  readonly speed: number
  /** Radians, so that people do not walk in step. */
  readonly phase: number
  /** @param seconds since the drive's start */
  placementAt(seconds: number): Placement
}

/** Arc length of the ego's origin over time, metres and seconds. */
export interface EgoMotion {
  readonly d: number
  sAt(seconds: number): number
}

export function driveEgo(random: Random, street: Street): EgoMotion {
  const mean = random.between(4, 8)
  const swing = Math.min(mean - 3, 9 - mean, random.between(0.2, 1.2))
  const omega = random.between(0.2, 0.45)
  const phase = random.between(0, 2 * Math.PI)
  // The integral of mean + swing * sin(omega t + phase): speed stays within 3..9 m/s.
  return {
    d: forwardLaneCentre(street, street.egoLane),
    sAt: (t) => mean * t - (swing / omega) * (Math.cos(omega * t + phase) - Math.cos(phase)),
  }
}

const vehicleShapes: readonly Shape[] = ['hatchback', 'hatchback', 'saloon', 'saloon', 'suv', 'suv', 'van', 'truck']

export function populate(
  seedOf: (stream: string) => Random,
  road: Road,
  street: Street,
  ego: EgoMotion,
  seconds: number,
  kerbHeight: number,
): Actor[] {
  const actors: Actor[] = []
  const far = ego.sAt(seconds) + 170
  const add = (
    shape: Shape,
    random: Random,
    motion: { moving: boolean; speed: number; lightsOn: boolean },
    at: (t: number) => Placement,
  ): void => {
    const number = actors.length.toString().padStart(3, '0')
    actors.push({
      id: `${shape}-${number}`,
      class: classes[shape],
      shape,
      palette: random.integer(0, 5),
      phase: actors.length,
      ...motion,
      placementAt: at,
    })
  }
  const onRoad = (s: number, d: number, z: number, turn: number): Placement => {
    const [x, y] = road.place(s, d)
    return { x, y, z, heading: road.at(s).heading + turn }
  }

  driveForward(seedOf('forward'), street, ego, seconds, (shape, random, speed, sAt, d) =>
    add(shape, random, { moving: true, speed, lightsOn: true }, (t) => onRoad(sAt(t), d, 0, 0)),
  )

  const oncoming = seedOf('oncoming')
  for (let lane = 0; lane < street.oncomingLanes; lane++) {
    const speed = oncoming.between(4, 7)
    const d = oncomingLaneCentre(street, lane)
    for (let s = oncoming.between(14, 60); s < far + speed * seconds; s += oncoming.between(22, 75)) {
      const start = s
      add(oncoming.pick(vehicleShapes), oncoming, { moving: true, speed, lightsOn: true }, (t) => onRoad(start - speed * t, d, 0, Math.PI))
    }
  }

  const parked = seedOf('parked')
  const blocked = [...junctionSpans(street, 5), ...street.crossings.map(({ from, to }) => [from - 5.5, to + 5.5] as const)]
  for (const [here, d, turn] of [
    [street.parkingRight, street.kerbRight + 1.18, 0],
    [street.parkingLeft, street.kerbLeft - 1.18, Math.PI],
  ] as const) {
    if (!here) continue
    for (let s = -20; s < far;) {
      const shape = parked.pick<Shape>(['hatchback', 'hatchback', 'saloon', 'saloon', 'suv', 'van'])
      const length = shapeSizes[shape][0]
      const middle = s + length / 2
      const free = !blocked.some(([a, b]) => middle + length / 2 > a && middle - length / 2 < b)
      if (free && parked.chance(0.62)) {
        const where = onRoad(middle, d + parked.between(-0.08, 0.08), 0, turn + parked.between(-0.02, 0.02))
        add(shape, parked, { moving: false, speed: 0, lightsOn: false }, () => where)
      }
      s += length + parked.between(0.9, 1.6)
    }
  }

  // Cars that wait in the side streets.
  const waiting = seedOf('waiting')
  for (const { s, half } of street.junctions) {
    if (waiting.chance(0.6)) {
      const where = onRoad(s + half / 2, street.kerbRight - street.pavement - waiting.between(3.5, 9), 0, Math.PI / 2)
      add(waiting.pick(vehicleShapes), waiting, { moving: false, speed: 0, lightsOn: true }, () => where)
    }
    if (waiting.chance(0.5)) {
      const where = onRoad(s - half / 2, street.kerbLeft + street.pavement + waiting.between(3.5, 9), 0, -Math.PI / 2)
      add(waiting.pick(vehicleShapes), waiting, { moving: false, speed: 0, lightsOn: true }, () => where)
    }
  }

  walk(seedOf('pedestrians'), street, far, (random, speed, start, d, direction) => {
    const turn = direction > 0 ? 0 : Math.PI
    const fixed = random.between(-1.5, 1.5)
    add('pedestrian', random, { moving: speed > 0, speed, lightsOn: false }, (t) => {
      const s = start + direction * speed * t
      // Down the kerb at a side street and up again, within a quarter of a metre.
      const kerb = Math.min(1, ...street.junctions.map(({ s: centre, half }) => Math.max(0, (Math.abs(s - centre) - half) / 0.25)))
      return onRoad(s, d, kerb * kerbHeight, speed > 0 ? turn : turn + fixed)
    })
  })
  return actors
}

type AddVehicle = (shape: Shape, random: Random, speed: number, sAt: (t: number) => number, d: number) => void

/** Vehicles that go the ego's way: a leader in its lane that keeps its distance, and a column in every other lane. */
function driveForward(random: Random, street: Street, ego: EgoMotion, seconds: number, add: AddVehicle): void {
  for (let lane = 0; lane < street.forwardLanes; lane++) {
    const d = forwardLaneCentre(street, lane)
    if (lane === street.egoLane) {
      const omega = random.between(0.15, 0.4)
      const phase = random.between(0, 6.28)
      let gap = random.between(13, 34)
      const count = random.integer(0, 3)
      for (let i = 0; i < count; i++) {
        const ahead = gap
        add(random.pick(vehicleShapes), random, ego.sAt(1) - ego.sAt(0), (t) => ego.sAt(t) + ahead + 1.5 * Math.sin(omega * t + phase), d)
        gap += random.between(14, 40)
      }
      continue
    }
    // A whole column keeps one speed, so that nobody runs into anybody.
    const mean = ego.sAt(seconds) / seconds
    const speed = Math.min(9, Math.max(3, mean + random.between(-1.2, 1.5)))
    for (let s = random.between(-10, 25); s < 170 + seconds * 3; s += random.between(16, 50)) {
      const start = s
      add(random.pick(vehicleShapes), random, speed, (t) => start + speed * t, d)
    }
  }
}

type AddWalker = (random: Random, speed: number, s: number, d: number, direction: number) => void

function walk(random: Random, street: Street, far: number, add: AddWalker): void {
  const spacing = street.setting === 'city' ? 9 : 22
  for (const side of [-1, 1]) {
    const inner = (side < 0 ? street.kerbRight : street.kerbLeft) + side * 1.35
    const span = street.pavement - 1.75
    for (let s = -5; s < far; s += random.between(0.6, 1.6) * spacing) {
      const standing = random.chance(0.2)
      add(
        random,
        standing ? 0 : random.between(0.9, 1.5),
        s,
        inner + side * random.between(0, Math.max(0.1, span)),
        random.chance(0.5) ? 1 : -1,
      )
    }
  }
}
