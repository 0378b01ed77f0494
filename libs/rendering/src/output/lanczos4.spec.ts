import { expect, it } from 'vitest'
import { readOpencvCases } from '../../test/opencv/read-cases.ts'
import { resizeLanczos4 } from './lanczos4.ts'

it.each(readOpencvCases().resizes)('resizes $from to $to as OpenCV does, bit for bit', ({ from, to, image, resized }) => {
  const [width, height] = from
  const result = resizeLanczos4({ width, height, data: new Uint8Array(Buffer.from(image, 'base64')) }, to[0], to[1])
  expect([result.width, result.height]).toEqual(to)
  expect(Buffer.from(result.data).equals(Buffer.from(resized, 'base64'))).toBe(true)
})

it('keeps black black', () => {
  expect(resizeLanczos4({ width: 8, height: 90, data: new Uint8Array(8 * 90 * 3) }, 8, 88).data.every((value) => value === 0)).toBe(true)
})
