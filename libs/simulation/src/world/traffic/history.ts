/** Seconds of one step of the traffic. Ten a second, as tracks are sampled. */
export const stepSeconds = 0.1

/** A motion along one coordinate, step by step: metres, metres per second. */
export class History {
  readonly #places: number[] = []
  readonly #speeds: number[] = []
  place: number
  speed: number

  constructor(place: number, speed: number) {
    this.place = place
    this.speed = speed
    this.#record()
  }

  /** Goes on for one step with constant acceleration; never backwards. */
  advance(acceleration: number): void {
    const next = Math.max(0, this.speed + acceleration * stepSeconds)
    this.place += ((this.speed + next) / 2) * stepSeconds
    this.speed = next
    this.#record()
  }

  /** Goes on for one step at a speed that is reached at once. */
  move(speed: number): void {
    this.speed = speed
    this.place += speed * stepSeconds
    this.#record()
  }

  /** The place at a time; before the first and after the last step it goes on as it went. */
  at(seconds: number): number {
    const last = this.#places.length - 1
    const i = Math.min(last - 1, Math.max(0, Math.floor(seconds / stepSeconds)))
    if (last < 1) return this.#places[0] + this.#speeds[0] * seconds
    const t = seconds - i * stepSeconds
    const [v, w] = [this.#speeds[i], this.#speeds[i + 1]]
    if (t < 0) return this.#places[i] + v * t
    if (t > stepSeconds) return this.#places[i + 1] + w * (t - stepSeconds)
    // Exact where a step had one acceleration; at its ends always what was recorded.
    const quadratic = v * t + ((w - v) * t * t) / (2 * stepSeconds)
    const way = ((v + w) / 2) * stepSeconds
    const f = t / stepSeconds
    return this.#places[i] + quadratic + f * (this.#places[i + 1] - this.#places[i] - way)
  }

  /** Whether it brakes, or stands with its foot on the pedal. */
  brakesAt(seconds: number): boolean {
    const i = Math.min(this.#speeds.length - 2, Math.max(0, Math.floor(seconds / stepSeconds)))
    if (i < 0) return false
    return this.#speeds[i + 1] < this.#speeds[i] - 0.5 * stepSeconds || this.#speeds[i + 1] < 0.05
  }

  #record(): void {
    this.#places.push(this.place)
    this.#speeds.push(this.speed)
  }
}
