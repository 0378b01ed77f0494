import type { ModeEntry, Variable } from './manifest.ts'

/** The variables that differ from pixel to pixel; `row` is the same all along a row. */
export const pixelVariables = ['r', 'g', 'b', 'near', 'col', 'up', 'across'] as const satisfies Variable[]

/**
 * The regressions of one look, prepared for evaluation row by row. Since `row` is constant along an image row, its powers are folded
 * into the coefficients once a row, which leaves fewer monomials a pixel. Every monomial is an earlier one times one variable.
 */
export interface Polynomial {
  /** Monomials of `pixelVariables`; number 0 is the constant 1. */
  readonly monomials: number
  /** Monomial i is monomial parent[i] times pixel variable factor[i] (index into `pixelVariables`). */
  readonly parent: Int32Array
  readonly factor: Int32Array
  readonly classes: number
  /** Where coefficient k of a class (see `coefficients`) goes: its monomial and the power of `row`. */
  readonly target: Int32Array
  readonly rowPower: Int32Array
  /** [class, k, 3] */
  readonly coefficients: Float64Array
}

/** One regression per class on the same terms: [classes, terms, 3] coefficients. */
export interface Regression {
  readonly terms: ModeEntry['terms']
  readonly classes: number
  readonly coefficients: ArrayLike<number>
}

/** Joins regressions on different terms into one polynomial; their classes follow one another. */
export function joinRegressions(regressions: readonly Regression[]): Polynomial {
  const index = new Map<string, number>([['', 0]])
  const parent = [0]
  const factor = [0]
  /** Number of a monomial given as sorted variable indices; makes it and those that it grows from. */
  const numberOf = (sorted: readonly number[]): number => {
    const known = index.get(sorted.join(' '))
    if (known !== undefined) return known
    const from = numberOf(sorted.slice(0, -1))
    const number = parent.length
    index.set(sorted.join(' '), number)
    parent.push(from)
    factor.push(sorted[sorted.length - 1])
    return number
  }
  const pieces = new Map<string, { monomial: number; power: number }>()
  const places = regressions.map(({ terms }) =>
    terms.map((term) => {
      const power = term.filter((name) => name === 'row').length
      const sorted = term.flatMap((name) => (name === 'row' ? [] : [pixelVariables.indexOf(name)])).sort((a, b) => a - b)
      const piece = { monomial: numberOf(sorted), power }
      const key = `${piece.monomial} ${power}`
      if (!pieces.has(key)) pieces.set(key, piece)
      return key
    }),
  )
  const keys = [...pieces.keys()]
  const classes = regressions.reduce((sum, regression) => sum + regression.classes, 0)
  const coefficients = new Float64Array(classes * keys.length * 3)
  let first = 0
  regressions.forEach((regression, i) => {
    for (let c = 0; c < regression.classes; c++) {
      places[i].forEach((key, term) => {
        const to = ((first + c) * keys.length + keys.indexOf(key)) * 3
        const from = (c * regression.terms.length + term) * 3
        for (let channel = 0; channel < 3; channel++) coefficients[to + channel] += regression.coefficients[from + channel]
      })
    }
    first += regression.classes
  })
  return {
    monomials: parent.length,
    parent: Int32Array.from(parent),
    factor: Int32Array.from(factor),
    classes,
    target: Int32Array.from(keys, (key) => pieces.get(key)?.monomial ?? 0),
    rowPower: Int32Array.from(keys, (key) => pieces.get(key)?.power ?? 0),
    coefficients,
  }
}

/** Folds `row` into a class's coefficients: fills [monomial, 3]. */
export function foldRow(polynomial: Polynomial, classNumber: number, row: number, folded: Float64Array): void {
  const { target, rowPower, coefficients } = polynomial
  folded.fill(0)
  for (let k = 0; k < target.length; k++) {
    const power = row ** rowPower[k]
    const from = (classNumber * target.length + k) * 3
    const to = target[k] * 3
    for (let channel = 0; channel < 3; channel++) folded[to + channel] += coefficients[from + channel] * power
  }
}
