import { InvalidArgumentError } from 'commander'

/** Parses an integer in a range. @throws InvalidArgumentError, which commander turns into a usage error */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= minimum && value <= maximum) return value
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
    throw new InvalidArgumentError(`Expected an integer ${range}.`)
  }
}

/** Parses a decimal number that passes a test. */
export function decimal(accept: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) && accept(value)) return value
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
}

export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** Parses WxH in even pixels, as video asks. */
export function pixelSize(text: string): PixelSize {
  const match = /^(\d+)x(\d+)$/i.exec(text)
  const size = { width: Number(match?.[1]), height: Number(match?.[2]) }
  const isGood = (pixels: number) => pixels >= 16 && pixels <= 8192 && pixels % 2 === 0
  if (isGood(size.width) && isGood(size.height)) return size
  throw new InvalidArgumentError('Expected WIDTHxHEIGHT in even pixels from 16 to 8192, such as 1280x704.')
}

/** Parses WxH, or `native`: the camera's own size. */
export function frameSize(text: string): PixelSize | 'native' {
  return text === 'native' ? 'native' : pixelSize(text)
}

/** Parses a comma-separated list of names, without doubles. */
export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim())
  if (list.some((name) => name === '')) throw new InvalidArgumentError('Expected names separated by commas.')
  return [...new Set(list)]
}

/** Collects the values of an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text]
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses an age such as "90s", "15m", "12h" or "7d" to milliseconds. @throws InvalidArgumentError */
export function age(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const each = unitMs[unit]
  if (count === undefined || each === undefined) throw new InvalidArgumentError('Expected a number with s, m, h or d, such as 12h or 7d.')
  return Number(count) * each
}
