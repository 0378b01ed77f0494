import type { SimulatedDrive } from '../world/drive.ts'
import { egoPlacement } from '../world/to-scenario.ts'
import type { Actor } from '../world/traffic/actor.ts'
import { Leveller } from './level.ts'
import { type ColumnRays, RangeImage } from './range-image.ts'
import { farthest, lidarMount, type LidarSensorModel, turnSeconds } from './sensor.ts'
import { placeActor, type Soup, type Triangles } from './triangles.ts'

/** What the rays of one turn met. */
export interface Turn {
  readonly image: RangeImage
  readonly rays: ColumnRays
  /** Finds a hit's triangles: the last part whose base is not above it. */
  readonly parts: readonly Part[]
}

export interface Part {
  readonly base: number
  readonly triangles: Triangles
}

/**
 * Casts one turn that begins at a time of the drive (seconds).
 *
 * A moving body stands, for all columns that see it, where it is when the beam passes its middle; one behind the sensor, where the turn begins and
 * ends, stands twice.
 */
export function castTurn(drive: SimulatedDrive, world: Soup, sensor: LidarSensorModel, start: number, rolling: boolean): Turn {
  // Tilted as the vehicle is in the middle of the turn: what that changes within a turn is less than a tenth of a degree.
  const level = new Leveller(egoPlacement(drive, start + (rolling ? turnSeconds / 2 : 0)))
  const rays = raysOf(drive, sensor, start, rolling, level)
  const image = new RangeImage(sensor, rays, farthest)
  const still = level.triangles(world)
  const parts: Part[] = [{ base: 0, triangles: still }]
  for (const { first, count, centre, radius } of world.patches) {
    if (Math.hypot(centre[0] - rays.x[0], centre[1] - rays.y[0]) < farthest + radius + 2) image.add(still, 0, first, count)
  }
  let base = world.count
  const add = (actor: Actor, seconds: number, from: number, to: number): void => {
    const triangles = level.triangles(placeActor(actor, actor.placementAt(seconds), seconds))
    parts.push({ base, triangles })
    image.add(triangles, base, 0, triangles.count, from, to)
    base += triangles.count
  }
  const half = sensor.columns >> 1
  for (const actor of drive.actors) {
    const { x, y } = actor.placementAt(start)
    if (Math.hypot(x - rays.x[0], y - rays.y[0]) > farthest + 10) continue
    const end = start + (rolling ? turnSeconds : 0)
    if (rolling && isAcrossSeam(actor, rays, start)) {
      add(actor, start, 0, half)
      add(actor, end, half, sensor.columns)
    } else add(actor, rolling ? passing(actor, rays, start) : start, 0, sensor.columns)
  }
  return { image, rays, parts }
}

function raysOf(drive: SimulatedDrive, { columns }: LidarSensorModel, start: number, rolling: boolean, level: Leveller): ColumnRays {
  const [forward, , up] = lidarMount.translation
  const x = new Float64Array(columns)
  const y = new Float64Array(columns)
  const heading = new Float64Array(columns)
  let z = 0
  for (let column = 0; column < columns; column++) {
    const at = egoPlacement(drive, start + (rolling ? (turnSeconds * column) / (columns - 1) : 0))
    const [ox, oy, oz] = level.point(at.x, at.y, at.z)
    x[column] = ox + Math.cos(at.heading) * forward
    y[column] = oy + Math.sin(at.heading) * forward
    heading[column] = at.heading
    z += (oz + up) / columns
  }
  return { x, y, heading, z }
}

/** Azimuth of a place from the sensor at a share 0..1 of the turn, radians in -pi..pi. */
function azimuthAt({ x, y, heading }: ColumnRays, share: number, place: { readonly x: number; readonly y: number }): number {
  const column = Math.round(share * (x.length - 1))
  const turn = Math.atan2(place.y - y[column], place.x - x[column]) - heading[column]
  return turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))
}

/** When the beam passes the middle of an actor, seconds. */
function passing(actor: Actor, rays: ColumnRays, start: number): number {
  let share = 0.5
  for (let i = 0; i < 3; i++) {
    const azimuth = azimuthAt(rays, share, actor.placementAt(start + share * turnSeconds))
    share = (Math.PI - azimuth) / (2 * Math.PI)
  }
  return start + share * turnSeconds
}

function isAcrossSeam(actor: Actor, rays: ColumnRays, start: number): boolean {
  const at = actor.placementAt(start)
  const distance = Math.hypot(at.x - rays.x[0], at.y - rays.y[0])
  // Half the diagonal, and what both move within a turn.
  const radius = Math.hypot(actor.size[0], actor.size[1]) / 2 + 2
  return Math.PI - Math.abs(azimuthAt(rays, 0, at)) < Math.asin(Math.min(1, radius / distance))
}
