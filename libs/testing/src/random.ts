/** A seeded source of random numbers, the same on every machine. */
export interface Random {
  /** An integer from 0 to `limit` - 1; 0 where `limit` is below 1. */
  below(limit: number): number
  /** One of the values. */
  pick<T>(values: readonly T[]): T
}

/** The generator `mulberry32` (T. Ettinger), whose state is hashed from the given numbers. */
export function seededRandom(...seeds: readonly number[]): Random {
  let state = 0x9e3779b9
  for (const seed of seeds) state = Math.imul(state ^ seed, 0x85ebca6b) ^ (state >>> 13)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * Math.max(limit, 1))
  return { below, pick: (values) => values[below(values.length)] }
}
