import {
  buildTrajectory,
  type LidarSweep,
  type LidarSweepSource,
  type MapElement,
  type ObjectClass,
  quatFromRollPitchYaw,
  type Scenario,
  type Track,
} from '@virga/scenario'
import { rig } from './rig.ts'

const seconds = 10
const stepUs = 33_333

/** Deterministic 0..1 (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A gently curving line at a lateral offset: vertices every 8 m, as surveyed maps have them. */
function curve(from: number, to: number, offset: number): Float64Array {
  const points: number[] = []
  for (let s = from; s <= to; s += 8) points.push(s, offset + 12 * Math.sin(s / 150), 0.3 * Math.sin(s / 60))
  return Float64Array.from(points)
}

/** The same across: a side road. */
function crossing(at: number, offset: number): Float64Array {
  const points: number[] = []
  for (let s = -150; s <= 150; s += 8) points.push(at + offset, s, 0)
  return Float64Array.from(points)
}

function map(): MapElement[] {
  const elements: MapElement[] = []
  const add = (line: Float64Array, kind: 'lane-line' | 'road-boundary'): void => {
    const id = `${kind}-${elements.length}`
    elements.push(kind === 'lane-line' ? { id, kind, line, colour: 'white', pattern: 'solid' } : { id, kind, line })
  }
  for (let from = -200; from < 500; from += 100) {
    for (const offset of [-7, -3.5, 0, 3.5, 7]) add(curve(from, from + 100, offset), 'lane-line')
    for (const offset of [-10.5, 10.5]) add(curve(from, from + 100, offset), 'road-boundary')
  }
  for (const at of [-120, -40, 40, 120, 200, 280]) {
    for (const offset of [-3.5, 0, 3.5]) add(crossing(at, offset), 'lane-line')
    for (const offset of [-7, 7]) add(crossing(at, offset), 'road-boundary')
    const x = at - 12
    elements.push({ id: `crosswalk-${at}`, kind: 'crosswalk', ring: Float64Array.of(x, -9, 0, x + 3, -9, 0, x + 3, 9, 0, x, 9, 0) })
    elements.push({ id: `wait-${at}`, kind: 'wait-line', line: Float64Array.of(x - 2, -7, 0, x - 2, 0, 0) })
  }
  for (let i = 0; i < 28; i += 1) {
    const x = -100 + i * 20
    elements.push({ id: `pole-${i}`, kind: 'pole', line: Float64Array.of(x, 13, 0, x, 13, 6.5) })
    if (i % 4 === 0) elements.push({ id: `sign-${i}`, kind: 'traffic-sign', corners: boxCorners(x, 13, 3, 0.1, 0.6, 0.6) })
    if (i % 7 === 0) elements.push({ id: `light-${i}`, kind: 'traffic-light', corners: boxCorners(x, 12, 5, 0.4, 0.4, 1) })
  }
  return elements
}

function boxCorners(x: number, y: number, z: number, l: number, w: number, h: number): Float64Array {
  const signs = [1, 1, 1, 1, -1, 1, -1, -1, 1, -1, 1, 1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1]
  return Float64Array.from(signs, (sign, i) => [x + (sign * l) / 2, y + (sign * w) / 2, z + (sign * h) / 2][i % 3])
}

function tracks(): Track[] {
  const random = randomSource(7)
  const classes: readonly ObjectClass[] = ['car', 'car', 'car', 'truck', 'pedestrian', 'bicycle', 'cone']
  return Array.from({ length: 25 }, (_, i): Track => {
    const lane = [-5.2, -1.7, 1.7, 5.2, 12][Math.floor(random() * 5)]
    const speed = lane === 12 ? 1 : 6 + 8 * random()
    const start = -20 + 140 * random()
    const n = seconds * 10 + 1
    const at = Array.from({ length: n }, (_unused, k) => start + (speed * k) / 10)
    const trajectory = buildTrajectory({
      timesUs: at.map((_x, k) => k * 100_000),
      translations: at.flatMap((s) => [s, lane + 12 * Math.sin(s / 150), 0.9]),
      rotations: at.flatMap((s) => quatFromRollPitchYaw(0, 0, Math.atan((12 / 150) * Math.cos(s / 150)))),
    })
    const kind = classes[i % classes.length]
    const size = kind === 'truck' ? [9, 2.6, 3.2] : kind === 'pedestrian' || kind === 'cone' ? [0.7, 0.7, 1.8] : [4.5, 1.9, 1.6]
    return {
      id: `track-${i}`,
      class: kind,
      sourceCategory: kind,
      trajectory,
      sizes: Float64Array.from({ length: 3 * n }, (_u, k) => size[k % 3]),
      moving: new Uint8Array(n).fill(1),
    }
  })
}

/** One spin: ground, two walls of buildings and poles around the vehicle, without occlusion. */
function sweep(timeUs: number, points: number): LidarSweep {
  const random = randomSource(timeUs + 1)
  const data = new Float32Array(points * 3)
  for (let i = 0; i < points; i += 1) {
    const angle = 2 * Math.PI * random()
    const wall = random() < 0.5
    const range = wall ? Math.min(20 / Math.max(Math.abs(Math.sin(angle)), 0.1), 150) : 4 + 60 * random() ** 2
    data.set([range * Math.cos(angle), range * Math.sin(angle), wall ? 8 * random() : 0.02 * random()], i * 3)
  }
  return { timeUs, points: data, points_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] } }
}

export interface BenchScenarioOptions {
  /** Points of each 10 Hz sweep; 0 for none. */
  readonly pointsPerSweep?: number
}

/**
 * A made-up ten-second drive of the size of a real one: about 14,000 map segments of 0.8 m, 25 boxes, 10 Hz sweeps. World origin tens of
 * kilometres away, as in city frames.
 */
export function benchScenario({ pointsPerSweep = 0 }: BenchScenarioOptions = {}): Scenario {
  const n = Math.floor((seconds * 1e6) / stepUs) + 1
  const s = Array.from({ length: n }, (_, k) => (10 * k * stepUs) / 1e6)
  const ego = buildTrajectory({
    timesUs: s.map((_x, k) => k * stepUs),
    translations: s.flatMap((x) => [x, -1.7 + 12 * Math.sin(x / 150), 0.3]),
    rotations: s.flatMap((x) => quatFromRollPitchYaw(0, 0, Math.atan((12 / 150) * Math.cos(x / 150)))),
  })
  const sweeps: LidarSweepSource[] = []
  for (let timeUs = 0; pointsPerSweep > 0 && timeUs <= (n - 1) * stepUs; timeUs += 100_000) {
    // Made once: the bench measures drawing, not this.
    const made = sweep(timeUs, pointsPerSweep)
    sweeps.push({ timeUs, load: () => Promise.resolve(made) })
  }
  return {
    id: 'bench',
    origin: { format: 'simulation', uri: 'bench' },
    startUs: 0,
    endUs: (n - 1) * stepUs,
    rig: { cameras: rig, lidars: [] },
    ego,
    map: map(),
    tracks: tracks(),
    sweeps,
    images: new Map(),
    missing: [],
  }
}
