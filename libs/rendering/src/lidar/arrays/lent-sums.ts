import { DepthSums } from './depth-sums.ts'

interface Lent {
  readonly sums: DepthSums
  users: number
}

const lent = new Map<string, Lent>()

/**
 * Sums of a size, the same for all cameras in the process: a frame adds and paints without a pause, and leaves zeros behind. Give them back
 * with `returnSums`.
 */
export function lendSums(width: number, height: number): DepthSums {
  const key = `${width}x${height}`
  const entry = lent.get(key) ?? { sums: new DepthSums(width, height), users: 0 }
  entry.users += 1
  lent.set(key, entry)
  return entry.sums
}

/** The last camera's return frees them. */
export function returnSums({ width, height }: DepthSums): void {
  const key = `${width}x${height}`
  const entry = lent.get(key)
  if (entry === undefined) return
  entry.users -= 1
  if (entry.users === 0) lent.delete(key)
}
