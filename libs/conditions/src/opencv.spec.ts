import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { bilateral, canny, resizeArea, resizeLinear, resizeNearest } from './index.ts'

/** Answers of OpenCV itself; made by test/make_opencv.py. */
interface Answers {
  readonly width: number
  readonly height: number
  readonly picture: string
  readonly resize: { kind: 'area' | 'linear' | 'nearest'; from?: [number, number]; width: number; height: number; data: string }[]
  readonly canny: { low: number; high: number; data: string }[]
  readonly bilateral: { diameter: number; sigmaColour: number; sigmaSpace: number; data: string }[]
}

const answers = JSON.parse(readFileSync(join(import.meta.dirname, '../test/opencv.json'), 'utf8')) as Answers
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const picture: RgbImage = { width: answers.width, height: answers.height, data: bytes(answers.picture) }

function crop({ width, data }: RgbImage, newWidth: number, newHeight: number): RgbImage {
  const cropped = new Uint8Array(newWidth * newHeight * 3)
  for (let y = 0; y < newHeight; y++) cropped.set(data.subarray(y * width * 3, (y * width + newWidth) * 3), y * newWidth * 3)
  return { width: newWidth, height: newHeight, data: cropped }
}

const worst = (a: Uint8Array, b: Uint8Array) => {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? -999))), 0)
}

describe('as OpenCV', () => {
  it.each(answers.resize)('$kind to $width x $height', ({ kind, from, width, height, data }) => {
    const image = from === undefined ? picture : crop(picture, ...from)
    const resize = { area: resizeArea, linear: resizeLinear, nearest: resizeNearest }[kind]
    // Areas with fractional borders are sums of floats, whose order OpenCV leaves to the processor's vector width.
    expect(worst(resize(image, width, height).data, bytes(data))).toBeLessThanOrEqual(kind === 'area' ? 1 : 0)
  })

  it.each(answers.canny)('Canny $low, $high', ({ low, high, data }) => {
    expect(worst(canny(picture, low, high), bytes(data))).toBe(0)
    expect(bytes(data).some((value) => value === 255)).toBe(true)
  })

  it.each(answers.bilateral)('bilateral filter $diameter, $sigmaColour, $sigmaSpace', ({ diameter, sigmaColour, sigmaSpace, data }) => {
    expect(worst(bilateral(picture, diameter, sigmaColour, sigmaSpace).data, bytes(data))).toBeLessThanOrEqual(1)
  })

  it('sizes that cannot be are refused', () => {
    expect(() => resizeLinear(picture, 0, 5)).toThrow(/positive integers/)
    expect(() => resizeArea(picture, 3.5, 5)).toThrow(/positive integers/)
  })
})
