/**
 * IEEE 754 half floats. Own code, because `apache-arrow` gives a float16 column as raw 16-bit words (its `get(i)` decodes, one boxed call a
 * value) and the language's Float16Array is not in the library types of ES2024.
 */

let table: Float32Array | undefined

/** The float32 values of n 16-bit words, by a table of all 65536. */
export function decodeHalf(words: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, word) => halfValue(word))
  const values = new Float32Array(words.length)
  for (let i = 0; i < words.length; i++) values[i] = table[words[i]]
  return values
}

function halfValue(word: number): number {
  const sign = word & 0x8000 ? -1 : 1
  const exponent = (word >> 10) & 0x1f
  const fraction = word & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** n values rounded to the nearest half float, ties to even; beyond 65504 infinity. */
export function encodeHalf(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const words = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) words[i] = halfWord(values[i])
  return words
}

function halfWord(value: number): number {
  float[0] = value
  const sign = (bits[0] >>> 16) & 0x8000
  if (Number.isNaN(value)) return 0x7e00
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24)
  const exponent = (bits[0] >>> 23) & 0xff
  const power = exponent - 127
  // The mantissa may round up to 2048, which carries into the exponent as it should.
  return sign | (((power + 15) << 10) + roundToEven(size * 2 ** (10 - power)) - 1024)
}

function roundToEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
