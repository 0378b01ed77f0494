import type { SimulatedDrive } from './drive.ts'
import type { Setting } from './street.ts'
import { isPerson } from './traffic/shapes.ts'
import { egoPlacement } from './to-scenario.ts'

/** What can be said about a drive as its front camera sees it; counts are of what comes into view within `sight`. */
export interface Facts {
  readonly setting: Setting
  readonly forwardLanes: number
  readonly oncomingLanes: number
  readonly bend: 'straight' | 'left' | 'right'
  /** How the road goes as far as is driven and seen: level if it climbs and falls by less than 0.8 m, else up, down, or both. */
  readonly grade: 'level' | 'uphill' | 'downhill' | 'hilly'
  /** Of those junctions, how many have traffic lights. */
  readonly signals: number
  /** Junctions that the ego passes or comes to, and whether zebra crossings are among them. */
  readonly junctions: number
  readonly crossings: number
  /** Mean metres per second. */
  readonly speed: number
  readonly change: 'faster' | 'slower' | 'steady'
  readonly follows: boolean
  readonly moving: number
  readonly oncoming: number
  readonly parked: number
  readonly pedestrians: number
  readonly cyclists: number
  /** Buses and lorries. */
  readonly large: number
  /** Whether the ego stands at some time. */
  readonly waits: boolean
}

/** Metres ahead, and to either side, within which something counts as seen. */
const sight = 60
const aside = 25

/** The facts that captions are made of. */
export function factsOf(drive: SimulatedDrive): Facts {
  const { street, road, ego, seconds, actors } = drive
  const [from, to] = [ego.sAt(0), ego.sAt(seconds)]
  const turn = road.at(to + sight / 2).heading - road.at(from).heading
  const speedAt = (t: number): number => (ego.sAt(t + 0.2) - ego.sAt(t - 0.2)) / 0.4
  const gain = speedAt(seconds) - speedAt(0)
  const passes = (s: number): boolean => s > from && s < to + sight / 2
  const seen = actors.filter((actor) => isSeen(drive, actor))
  const vehicles = seen.filter(({ shape }) => !isPerson(shape))
  const heads = (actor: (typeof actors)[number]): number => Math.cos(actor.placementAt(0).heading - egoPlacement(drive, 0).heading)
  return {
    setting: street.setting,
    forwardLanes: street.forwardLanes,
    oncomingLanes: street.oncomingLanes,
    bend: Math.abs(turn) < 0.12 ? 'straight' : turn > 0 ? 'left' : 'right',
    grade: gradeOf(drive, from, to + sight),
    signals: street.junctions.filter(({ s, signals }) => signals && passes(s)).length,
    junctions: street.junctions.filter(({ s }) => passes(s)).length,
    crossings: street.crossings.filter(({ from: s }) => passes(s)).length,
    speed: (to - from) / seconds,
    change: gain > 0.6 ? 'faster' : gain < -0.6 ? 'slower' : 'steady',
    follows: vehicles.some((actor) => isLeader(drive, actor)),
    moving: vehicles.filter(({ moving }) => moving).length,
    oncoming: vehicles.filter((actor) => actor.moving && heads(actor) < 0).length,
    parked: vehicles.filter(({ moving }) => !moving).length,
    pedestrians: seen.length - vehicles.length,
    cyclists: vehicles.filter(({ shape }) => shape === 'bicycle').length,
    large: vehicles.filter((actor) => actor.class === 'bus' || actor.class === 'truck').length,
    waits: Array.from({ length: Math.ceil(seconds * 2) }, (_, i) => speedAt(0.2 + i / 2)).some((v) => v < 0.2),
  }
}

function gradeOf({ road }: SimulatedDrive, from: number, to: number): Facts['grade'] {
  let [up, down] = [0, 0]
  for (let s = from; s < to; s += 5) {
    const rise = road.height(s + 5) - road.height(s)
    if (rise > 0) up += rise
    else down -= rise
  }
  const steep = 0.8
  if (up < steep && down < steep) return 'level'
  return up > 3 * down ? 'uphill' : down > 3 * up ? 'downhill' : 'hilly'
}

type Actor = SimulatedDrive['actors'][number]

/** Metres ahead and to the left of the ego. */
function fromEgo(drive: SimulatedDrive, actor: Actor, seconds: number): { ahead: number; left: number } {
  const own = egoPlacement(drive, seconds)
  const { x, y } = actor.placementAt(seconds)
  const [cos, sin] = [Math.cos(own.heading), Math.sin(own.heading)]
  return { ahead: (x - own.x) * cos + (y - own.y) * sin, left: (y - own.y) * cos - (x - own.x) * sin }
}

function isSeen(drive: SimulatedDrive, actor: Actor): boolean {
  for (let t = 0; t <= drive.seconds; t += 0.5) {
    const { ahead, left } = fromEgo(drive, actor, t)
    if (ahead > 4 && ahead < sight && Math.abs(left) < Math.min(aside, ahead)) return true
  }
  return false
}

/** In the ego's lane and near at the start and at the end. */
function isLeader(drive: SimulatedDrive, actor: Actor): boolean {
  return (
    actor.moving &&
    [0, drive.seconds].every((t) => {
      const { ahead, left } = fromEgo(drive, actor, t)
      return ahead > 5 && ahead < 35 && Math.abs(left) < drive.street.laneWidth / 2
    })
  )
}
