import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { digestOf } from './digest.ts'

describe('canonicalJson', () => {
  it('sorts members, keeps the order of lists and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ b: [3, 1], a: { d: null, c: 'ü' }, n: 1e21, m: 0.1 })).toBe(
      '{"a":{"c":"ü","d":null},"b":[3,1],"m":0.1,"n":1e+21}',
    )
  })

  it('does not let anything drop out of a digest in silence', () => {
    for (const value of [undefined, { a: undefined }, Number.NaN, [Infinity], 1n, new Map(), new Float64Array(1), () => 1]) {
      expect(() => canonicalJson(value)).toThrow(/plain JSON/)
    }
  })
})

describe('digestOf', () => {
  it('does not depend on the order of members', () => {
    expect(digestOf({ seed: 1, steps: 8 })).toBe(digestOf({ steps: 8, seed: 1 }))
  })

  it('is the SHA-256 of the canonical text', () => {
    // printf '{"a":1}' | sha256sum
    expect(digestOf({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862')
  })
})
