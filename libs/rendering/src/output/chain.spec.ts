import { expect, it } from 'vitest'
import { randomSource } from '../../test/scenario.ts'
import { finishPicture } from './chain.ts'

const random = randomSource(3)
const plane = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.max(0, 255 * random()))
const spread = (grey: Uint8Array): Uint8Array => Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)])

it.each([
  ['direct', 7, 5, 7, 5],
  ['resize', 7, 9, 7, 5],
  ['resize', 8, 9, 13, 5],
  ['crop', 16, 9, 16, 5],
  ['crop', 16, 9, 16, 9],
] as const)('a grey picture becomes what the same in three channels becomes: %s %i x %i to %i x %i', (chain, w, h, width, height) => {
  const grey = plane(w * h)
  const expected = finishPicture(chain, { width: w, height: h, data: spread(grey) }, { width, height })
  expect(finishPicture(chain, { width: w, height: h, grey }, { width, height })).toEqual(expected)
  expect(expected.data.length).toBe(width * height * 3)
})
