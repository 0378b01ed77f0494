import { describe, expect, it } from 'vitest'
import { decimal, integer, names, pixelSize } from './parsers.ts'

describe('option parsers', () => {
  it('takes integers in range and nothing else', () => {
    expect(integer(1)('121')).toBe(121)
    for (const text of ['0', '-1', '1.5', '1e3', 'many', '', '0x10']) expect(() => integer(1)(text)).toThrow(/integer of at least 1/)
    expect(() => integer(0, 9)('10')).toThrow('from 0 to 9')
  })

  it('takes decimal numbers that pass the test', () => {
    const seconds = decimal((value) => value >= 0, 'seconds')
    expect(seconds('11.5')).toBe(11.5)
    for (const text of ['-1', 'NaN', 'Infinity', '1,5', '']) expect(() => seconds(text)).toThrow('seconds')
  })

  it('takes even sizes', () => {
    expect(pixelSize('1280x704')).toEqual({ width: 1280, height: 704 })
    for (const text of ['1281x704', '1280', '0x0', '8x8', '-2x4', '1280*704', '99999x704'])
      expect(() => pixelSize(text)).toThrow(/even pixels/)
  })

  it('takes names between commas, each once', () => {
    expect(names('a, b,a')).toEqual(['a', 'b'])
    expect(() => names('a,,b')).toThrow(/commas/)
  })
})
