import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cases } from '../corpus/corpus.ts'
import { compare } from './compare.ts'
import { within } from './run-cases.ts'

const [width, height] = [640, 360]

/** A picture with one filled rectangle. */
function block(left: number, right: number, colour: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 100; y < 116; y++) for (let x = left; x < right; x++) data.set(colour, 3 * (y * width + x))
  return { width, height, data }
}
const red = [240, 50, 50] as const
const caseOf = (style: string): (typeof cases)[number] => {
  const one = cases.find(({ id }) => id === `furniture.front-wide.f000.${style}`)
  if (one === undefined) throw new Error(`no case of ${style}`)
  return one
}

describe('comparison of pictures', () => {
  it('counts an edge that moved by a pixel as different, and as explained', () => {
    const moved = compare(block(50, 60, red), block(50, 61, red))
    expect(moved).toMatchObject({ pixels: 16, anyLevel: 16, strange: 0, largest: 240 })
  })

  it.each(['hdmap-v1', 'world-scenario-v3'])('%s: a traffic light of the wrong colour is off, and so is a missing one', (style) => {
    const right = block(50, 60, red)
    for (const wrong of [block(50, 60, [130, 240, 132]), block(0, 0, red)]) {
      const difference = compare(right, wrong)
      expect(difference.strange).toBeGreaterThan(0)
      expect(within(caseOf(style), difference)).toBe(false)
    }
    expect(within(caseOf(style), compare(right, right))).toBe(true)
  })

  it('does not compare pictures of two sizes', () => {
    expect(() => compare(block(0, 1, red), { ...block(0, 1, red), width: 320 })).toThrow('320x360')
  })
})
