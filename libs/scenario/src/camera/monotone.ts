/**
 * Where a function that starts at 0 with a positive slope stops growing: the first x in (0, limit] at which its derivative is no
 * longer positive, by sampling and bisection, or `limit` if it grows all the way.
 */
export function monotoneLimit(derivative: (x: number) => number, limit: number, samples = 2000): number {
  let low = 0
  for (let i = 1; i <= samples; i++) {
    let high = (limit * i) / samples
    if (derivative(high) > 0) {
      low = high
      continue
    }
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2
      if (derivative(middle) > 0) low = middle
      else high = middle
    }
    return low
  }
  return limit
}

/**
 * Solves f(x) = y for x in [0, limit] where f grows from f(0) = 0: Newton steps, kept inside a shrinking bracket by bisection.
 *
 * @returns undefined if y is beyond f(limit)
 */
export function invertMonotone(
  f: (x: number) => number,
  derivative: (x: number) => number,
  y: number,
  limit: number,
  start = y / derivative(0),
): number | undefined {
  if (y <= 0) return y === 0 ? 0 : undefined
  const top = f(limit)
  if (!(y <= top)) return undefined
  let low = 0
  let high = limit
  let x = start > low && start < high ? start : (low + high) / 2
  for (let step = 0; step < 200; step++) {
    const error = f(x) - y
    if (error === 0) return x
    if (error > 0) high = x
    else low = x
    const newton = x - error / derivative(x)
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) <= 4e-16 * Math.abs(x)) return next
    x = next
  }
  return x
}
