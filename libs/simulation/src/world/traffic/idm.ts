/** A driver's law of following: metres, seconds. */
export interface Driver {
  /** Speed on a free road. */
  readonly desiredSpeed: number
  /** Time headway. */
  readonly headway: number
  /** Gap at a standstill. */
  readonly jamGap: number
  readonly acceleration: number
  /** Comfortable deceleration, positive. */
  readonly deceleration: number
}

/** What a driver has to keep behind: the gap between bumpers and its speed (0 for a line to stop at). */
export interface Obstacle {
  readonly gap: number
  readonly speed: number
}

/** A driver never brakes harder than a car can. */
const hardest = 8

/**
 * The Intelligent Driver Model: a [1 - (v / v0)^4 - (s* / s)^2], s* = s0 + max(0, v T + v (v - vl) / (2 sqrt(a b))).
 * M. Treiber, A. Hennecke, D. Helbing, "Congested traffic states in empirical observations and microscopic simulations", Physical Review E 62, 1805 (2000).
 *
 * @returns acceleration in m/s^2 behind the obstacle that asks for the least
 */
export function idmAcceleration(speed: number, driver: Driver, obstacles: Iterable<Obstacle>): number {
  const { desiredSpeed, headway, jamGap, acceleration: a, deceleration: b } = driver
  const ratio = desiredSpeed > 0 ? speed / desiredSpeed : 1e3
  const free = 1 - ratio ** 4
  let interaction = 0
  for (const { gap, speed: leader } of obstacles) {
    const wanted = jamGap + Math.max(0, speed * headway + (speed * (speed - leader)) / (2 * Math.sqrt(a * b)))
    interaction = Math.max(interaction, (wanted / Math.max(gap, 0.05)) ** 2)
  }
  return Math.max(-hardest, a * (free - interaction))
}
