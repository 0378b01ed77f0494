/** Port to the wall clock. Only the run log and progress rates may use it: nothing that is digested or published does. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
