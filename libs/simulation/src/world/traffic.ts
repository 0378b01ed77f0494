import type { Random } from '../random.ts'
import type { Road } from './road.ts'
import { lightStateAt } from './signals.ts'
import { forwardLaneCentre, type Street } from './street.ts'
import type { Actor } from './traffic/actor.ts'
import { crosserActors, flowActors, parkedActors, sideActors, walkerActors } from './traffic/actors.ts'
import { type Crosser, drawCrosser, pavementCrossed, stepCrosser } from './traffic/crosser.ts'
import { type Flow, letsCross, stepFlow } from './traffic/flow.ts'
import { egoMiddle, egoWish, fillFlows } from './traffic/flows.ts'
import { stepSeconds } from './traffic/history.ts'
import { closedLines, crossingEdges, linesFor, stopPlace } from './traffic/lines.ts'
import { park } from './traffic/parked.ts'
import { fillSideStreets, hasTime, isCrossing, type SideQueue, stepQueue } from './traffic/side-street.ts'
import { fillPavement, isFree, stepTrack, type Track } from './traffic/walkers.ts'

export type { Actor, Placement } from './traffic/actor.ts'

/** Arc length of the ego's origin over time, metres and seconds; it keeps the middle of its lane. */
export interface EgoMotion {
  readonly d: number
  sAt(seconds: number): number
}

export interface Traffic {
  readonly ego: EgoMotion
  readonly actors: readonly Actor[]
}

/** Actors that never come nearer to the ego than this are left out, metres. */
const reach = 225

type SeedOf = (stream: string) => Random

/**
 * Everybody on the street for the length of a drive, by small steps from a start that is the same however long the drive is: vehicles and cyclists
 * in lanes (car following), people on the pavements and over the crossings, side streets. The ego is one of them.
 */
export function runTraffic(seedOf: SeedOf, road: Road, street: Street, seconds: number): Traffic {
  const wish = egoWish(seedOf('ego'))
  const queues = street.junctions.flatMap((junction) => fillSideStreets(seedOf, street, junction))
  const crossers = drawCrossers(seedOf, street)
  const flows = fillFlows(seedOf, street, wish, seconds, (flow) => closedLines(street, flow, crossers, queues, 0).map(({ at }) => at))
  const ego = flows.flatMap(({ vehicles }) => vehicles).find(({ shape }) => shape === 'ego')
  if (ego === undefined) throw new Error('no ego in its own traffic')
  const far = 9.5 * seconds + 330
  const tracks = ([-1, 1] as const).flatMap((side) => fillPavement(seedOf, street, side, -45, far))
  const crowd: Crowd = { street, flows, queues, crossers, tracks }
  const steps = Math.ceil(seconds / stepSeconds) + 12
  for (let i = 0; i < steps; i++) step(crowd, { place: ego.history.place, speed: ego.history.speed }, i * stepSeconds, wish)

  const motion = { d: forwardLaneCentre(street, street.egoLane), sAt: (t: number) => ego.history.at(t) - egoMiddle }
  const actors = [
    ...flows.flatMap((flow) => flowActors(road, flow)),
    ...queues.flatMap((queue) => sideActors(road, queue)),
    ...parkedActors(park(seedOf, road, street, -40, motion.sAt(seconds) + reach)),
    ...crosserActors(road, street, crossers),
    ...walkerActors(road, street, tracks.flat()),
  ]
  return { ego: motion, actors: actors.filter((actor) => comesNear(road, motion, actor, seconds)) }
}

interface Crowd {
  readonly street: Street
  readonly flows: readonly Flow[]
  readonly queues: readonly SideQueue[]
  readonly crossers: readonly Crosser[]
  readonly tracks: readonly Track[]
}

/** One step of all. Who may go is decided first, one after the other; then everybody moves at once. */
function step(crowd: Crowd, ego: { readonly place: number; readonly speed: number }, seconds: number, wish: (t: number) => number): void {
  const { street, flows, queues, crossers, tracks } = crowd
  const moves: (() => void)[] = []
  for (const crosser of crossers) moves.push(stepCrosser(crosser, (gate) => isOpen(crowd, crosser, gate, seconds), stepSeconds))
  for (const queue of queues) {
    if (hasTime(queue, street, seconds) && isClear(crowd, queue)) queue.released++
    moves.push(...stepQueue(queue))
  }
  for (const flow of flows) {
    const lines = closedLines(street, flow, crossers, queues, seconds)
    moves.push(...stepFlow(flow, (_, vehicle) => linesFor(lines, vehicle), ego, seconds, wish))
  }
  for (const track of tracks) moves.push(...stepTrack(track, closedTo(crowd, track, seconds), stepSeconds))
  for (const move of moves) move()
}

/** Half the width of a crosser's way over a pavement, metres. */
const halfWay = 0.42

/** Whether a crosser may go through a gate now. */
function isOpen({ street, flows, tracks }: Crowd, crosser: Crosser, gate: 'pavement' | 'kerb' | 'far-pavement', seconds: number): boolean {
  const { direction, s, junction } = crosser
  if (gate === 'kerb') {
    const light = lightStateAt(street, junction.index, 'main', seconds)
    if (light !== undefined && light !== 'red') return false
    return flows.every((flow) => {
      const { line, until } = crossingEdges(crosser, flow.direction)
      return letsCross(flow, line, until)
    })
  }
  const side = (gate === 'pavement') === direction > 0 ? -1 : 1
  return tracks.every((track) => track.length === 0 || track[0].side !== side || isFree(track, s - halfWay, s + halfWay))
}

/** Whether a vehicle from a side street may set out: nobody is in the junction or cannot stop before it, nobody walks over its mouths. */
function isClear({ street, flows, tracks }: Crowd, { junction }: SideQueue): boolean {
  const { s, half } = junction
  return (
    flows.every((flow) => letsCross(flow, stopPlace(street, junction, flow.direction), flow.direction * s + half + 0.5, 4)) &&
    tracks.every((track) => isFree(track, s - half - 0.3, s + half + 0.3))
  )
}

/** Spans of a pavement that are closed to its walkers: mouths of side streets in use, ways of those who cross. */
function closedTo({ street, queues, crossers }: Crowd, track: Track, seconds: number): (readonly [number, number])[] {
  if (track.length === 0) return []
  const { side } = track[0]
  const spans: (readonly [number, number])[] = []
  for (const { index, s, half } of street.junctions) {
    const light = lightStateAt(street, index, 'cross', seconds)
    const busy = queues.some((queue) => queue.junction.index === index && isCrossing(queue))
    if (busy || (light !== undefined && light !== 'red')) spans.push([s - half - 0.25, s + half + 0.25])
  }
  for (const crosser of crossers) if (pavementCrossed(crosser, street) === side) spans.push([crosser.s - halfWay, crosser.s + halfWay])
  return spans
}

/** Up to two people for every crossing, each on a line of its own. */
function drawCrossers(seedOf: SeedOf, street: Street): Crosser[] {
  const chance = street.setting === 'city' ? 0.5 : 0.25
  return street.crossings.flatMap((crossing) => {
    const junction = street.junctions.find(({ s, half }) => Math.abs((crossing.from + crossing.to) / 2 - s) < half + 8)
    if (junction === undefined) return []
    const near = crossing.to <= junction.s
    const random = seedOf(`crossing ${junction.index} ${near ? 'near' : 'far'}`)
    const number = 50000 + (junction.index % 1000) * 4 + (near ? 0 : 2)
    return ([0, 1] as const).flatMap((line) => {
      const wanted = random.chance(chance)
      const crosser = drawCrosser(random, street, crossing, junction, line, number + line)
      return wanted ? [crosser] : []
    })
  })
}

function comesNear(road: Road, ego: EgoMotion, actor: Actor, seconds: number): boolean {
  for (let t = 0; t <= seconds + 1; t += 1) {
    const [x, y] = road.place(ego.sAt(t), ego.d)
    const at = actor.placementAt(t)
    if (Math.hypot(at.x - x, at.y - y) < reach) return true
  }
  return false
}
