/** Weights are fixed point with 11 fractional bits, in each direction. */
export const weightBits = 11
export const taps = 8

/** For every sample of one output axis: the first of its eight source samples (may lie outside), and their weights. */
export interface Axis {
  readonly first: Int32Array
  readonly weights: Int32Array
}

const known = new Map<string, Axis>()

/** The axis of a resize, computed once. */
export function axisOf(from: number, to: number): Axis {
  const key = `${from} ${to}`
  const axis = known.get(key) ?? makeAxis(from, to)
  known.set(key, axis)
  return axis
}

/** Weights of the Lanczos window of four lobes: sinc(t) sinc(t / 4), here without the factors that all taps share; float32 as OpenCV. */
function makeAxis(from: number, to: number): Axis {
  const first = new Int32Array(to)
  const weights = new Int32Array(to * taps)
  const scale = from / to
  for (let i = 0; i < to; i += 1) {
    const position = Math.fround((i + 0.5) * scale - 0.5)
    const floor = Math.floor(position)
    const shift = Math.fround(Math.fround(position - floor) + 3)
    first[i] = floor - 3
    let sum = 0
    const raw = Array.from({ length: taps }, (_, tap) => {
      const distance = Math.fround(shift - tap)
      const angle = (-distance * Math.PI) / 4
      // On a sample itself that sample is all there is.
      const weight = Math.abs(distance) < Math.fround(1e-6) ? 1e30 : ((tap % 2 === 0 ? 1 : -1) * Math.sin(angle)) / (angle * angle)
      sum = Math.fround(sum + Math.fround(weight))
      return Math.fround(weight)
    })
    const inverse = Math.fround(1 / sum)
    raw.forEach((weight, tap) => {
      weights[i * taps + tap] = roundHalfEven(Math.fround(weight * inverse) * (1 << weightBits))
    })
  }
  return { first, weights }
}

function roundHalfEven(v: number): number {
  const rounded = Math.round(v)
  return Math.abs(v % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
