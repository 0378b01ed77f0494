import { kerbHeight } from '../furniture.ts'
import type { Road } from '../road.ts'
import { junctionSpans, type Street } from '../street.ts'
import type { Actor, Placement } from './actor.ts'
import { type Crosser, offsetOf } from './crosser.ts'
import type { Flow } from './flow.ts'
import { placeAnywhere, standOn } from './ground.ts'
import { type LaneVehicle, sharesLane } from './lane-vehicle.ts'
import type { Parked } from './parked.ts'
import { isPerson, objectClasses, type Shape, shapeSizes, type VehicleShape } from './shapes.ts'
import type { SideQueue } from './side-street.ts'
import type { Walker } from './walkers.ts'

interface Who {
  readonly number: number
  readonly shape: Shape
  readonly palette: number
  readonly scale?: number
}

interface Motion {
  readonly moving: boolean
  readonly lightsOn: boolean
  readonly at: (seconds: number) => Placement
  readonly travelled?: (seconds: number) => number
  readonly braking?: (seconds: number) => boolean
}

function actor({ number, shape, palette, scale = 1 }: Who, { moving, lightsOn, at, travelled, braking }: Motion): Actor {
  const [length, width, height] = shapeSizes[shape]
  return {
    id: `${shape}-${number.toString().padStart(5, '0')}`,
    number,
    class: objectClasses[shape],
    shape,
    size: [length * scale, width * scale, height * scale],
    scale,
    palette,
    moving,
    lightsOn: lightsOn && !isPerson(shape),
    phase: number % 97,
    placementAt: at,
    travelledAt: travelled ?? (() => 0),
    brakingAt: braking ?? (() => false),
  }
}

/** Metres to the left by which a vehicle passes a cyclist in its lane, and over how many metres it goes there and back. */
const passing = 0.55
const approach = 16

/** How far to the left of the lane's middle a vehicle is, for the cyclists that it passes. */
function asideAt(flow: Flow, vehicle: LaneVehicle, seconds: number): number {
  if (!sharesLane(vehicle) || vehicle.shape === 'bicycle') return vehicle.aside
  const place = vehicle.history.at(seconds)
  let share = 0
  for (const { history, length } of flow.cyclists) {
    const apart = Math.abs(history.at(seconds) - place) - (length + vehicle.length) / 2 - 2
    const t = Math.min(1, Math.max(0, 1 - apart / approach))
    share = Math.max(share, t * t * (3 - 2 * t))
  }
  return vehicle.aside + passing * share * (vehicle.shape === 'motorcycle' ? 0.5 : 1)
}

export function flowActors(road: Road, flow: Flow): Actor[] {
  const { direction, d } = flow
  return [...flow.vehicles, ...flow.cyclists].flatMap((vehicle) => {
    if (vehicle.shape === 'ego') return []
    const { history, length } = vehicle
    const turn = direction > 0 ? 0 : Math.PI
    const at = (t: number): Placement => standOn(road, direction * history.at(t), d + direction * asideAt(flow, vehicle, t), turn, length)
    return [
      actor(
        { ...vehicle, shape: vehicle.shape },
        { moving: true, lightsOn: true, at, travelled: (t) => history.at(t), braking: (t) => history.brakesAt(t) },
      ),
    ]
  })
}

export function sideActors(road: Road, { vehicles, direction, s, released }: SideQueue): Actor[] {
  return vehicles.map((vehicle, i) => {
    const { history } = vehicle
    const at = (t: number): Placement => standOn(road, s, direction * history.at(t), direction * (Math.PI / 2), vehicle.length)
    const braking = (t: number): boolean => history.brakesAt(t)
    return actor(
      { ...vehicle, shape: vehicle.shape as VehicleShape },
      { moving: i < released, lightsOn: true, at, travelled: (t) => history.at(t), braking },
    )
  })
}

export function parkedActors(parked: readonly Parked[]): Actor[] {
  return parked.map(({ where, ...who }) => actor(who, { moving: false, lightsOn: false, at: () => where }))
}

/** Up a kerb within a quarter of a metre; 0 on the carriageway, 1 on the pavement. */
const ramp = (metres: number): number => Math.min(1, Math.max(0, metres / 0.25))

export function walkerActors(road: Road, street: Street, walkers: readonly Walker[]): Actor[] {
  return walkers.map((walker) => {
    const { history, direction, side, d, speed, turn } = walker
    const spans = junctionSpans(street, 0, side)
    const at = (t: number): Placement => {
      const s = direction * history.at(t)
      const kerb = spans.reduce((up, [a, b]) => Math.min(up, ramp(Math.max(a - s, s - b))), 1)
      const [x, y] = placeAnywhere(road, s, d)
      const heading = road.at(s).heading + (direction > 0 ? 0 : Math.PI) + turn
      return { x, y, z: road.height(s) + kerb * kerbHeight, heading }
    }
    return actor(walker, { moving: speed > 0, lightsOn: false, at, travelled: (t) => history.at(t) })
  })
}

export function crosserActors(road: Road, street: Street, crossers: readonly Crosser[]): Actor[] {
  return crossers.map((crosser) => {
    const { history, direction, s } = crosser
    const at = (t: number): Placement => {
      const d = offsetOf(crosser, history.at(t))
      const kerb = ramp(Math.max(street.kerbRight - d, d - street.kerbLeft))
      const [x, y] = road.place(s, d)
      return { x, y, z: road.height(s) + kerb * kerbHeight, heading: road.at(s).heading + direction * (Math.PI / 2) }
    }
    return actor(crosser, { moving: true, lightsOn: false, at, travelled: (t) => history.at(t) })
  })
}
