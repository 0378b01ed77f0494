import type { ObjectClass } from '@virga/scenario'
import type { Shape } from './shapes.ts'

/** Where a body is: the middle of its footprint on the ground, its heading, and how far its nose points up (radians, 0 on level ground). */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly heading: number
  readonly pitch?: number
}

/** One vehicle or person of the drive. */
export interface Actor {
  readonly id: string
  /** Value of this actor's pixels in instance pictures: 1 to 65535, the same however long the drive is. */
  readonly number: number
  readonly class: ObjectClass
  readonly shape: Shape
  /** Length, width, height in metres: the shape's, times `scale`. */
  readonly size: readonly [number, number, number]
  readonly scale: number
  /** Index into the paint (vehicles) or clothing (people, cyclists) palette. */
  readonly palette: number
  readonly moving: boolean
  readonly lightsOn: boolean
  /** Radians, so that people do not walk in step. */
  readonly phase: number
  /** @param seconds since the drive's start */
  placementAt(seconds: number): Placement
  /** Metres travelled since the start, for the walk cycle. */
  travelledAt(seconds: number): number
  /** Whether the brake lamps are on. */
  brakingAt(seconds: number): boolean
}
