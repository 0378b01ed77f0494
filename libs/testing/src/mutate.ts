import type { Random } from './random.ts'

type Mutation = (bytes: Buffer, random: Random, others: readonly Uint8Array[]) => Buffer

/** Words that break readers of text: numbers beyond what their type holds, what Python writes for them, and other kinds of value. */
const values = [
  '1e309', '-1e308', '1e-320', '1e9', '4294967296', '9007199254740993', '18446744073709551616', '-1', '0', '-0', '0.5', '1', 'null', 'true',
  '""', '"x"', '[]', '{}', '[[]]', '1'.repeat(400),
] as const // prettier-ignore
const words = [...values, 'NaN', 'Infinity', '-Infinity', 'False', '(', ','] as const

const replaceRange = (bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)])

const flipBits: Mutation = (bytes, random) => {
  for (let n = 1 + random.below(4); n > 0; n--) if (bytes.length > 0) bytes[random.below(bytes.length)] ^= 1 << random.below(8)
  return bytes
}

const setByte: Mutation = (bytes, random) => {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.pick([0, 1, 0x20, 0x30, 0x37, 0x7f, 0x80, 0xff])
  return bytes
}

const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length))

const remove: Mutation = (bytes, random) => {
  const start = random.below(bytes.length)
  return replaceRange(bytes, start, start + 1 + random.below(64), Buffer.alloc(0))
}

const repeat: Mutation = (bytes, random) => {
  const start = random.below(bytes.length)
  return replaceRange(bytes, start, start, bytes.subarray(start, start + 1 + random.below(256)))
}

const splice: Mutation = (bytes, random, others) => {
  const other = random.pick(others)
  const [at, from] = [random.below(bytes.length), random.below(other.length)]
  return replaceRange(bytes, at, at + random.below(64), other.subarray(from, from + 1 + random.below(256)))
}

/** An integer of 2, 4 or 8 bytes, little- or big-endian, at the edge of its range: what lengths and offsets are broken by. */
const edgeInteger: Mutation = (bytes, random) => {
  const size = random.pick([2, 4, 8])
  if (bytes.length < size) return bytes
  const value = random.pick([
    0n,
    1n,
    0x7fn,
    0xffn,
    0x7fffn,
    0xffffn,
    0x7fffffffn,
    0xffffffffn,
    1n << 53n,
    (1n << 63n) - 1n,
    (1n << 64n) - 1n,
  ])
  const field = Buffer.alloc(8)
  if (random.below(2) === 0) field.writeBigUInt64LE(BigInt.asUintN(64, value))
  else field.writeBigUInt64BE(BigInt.asUintN(64, value << BigInt(64 - 8 * size)))
  field.copy(bytes, random.below(bytes.length - size + 1), 0, size)
  return bytes
}

/** A number, word or bracket of a text replaced by one of `words`; bytes that are no text get the word inserted. */
const replaceWord: Mutation = (bytes, random) => {
  const word = Buffer.from(random.pick(words))
  const start = random.below(bytes.length)
  const pattern = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|"(?:[^"\\]|\\.)*"|true|false|null|[[\]{}(),:]/giy
  const text = bytes.toString('latin1', start, start + 4096)
  for (let at = 0; at < Math.min(text.length, 256); at++) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) return replaceRange(bytes, start + at, start + at + found[0].length, word)
  }
  return replaceRange(bytes, start, start, word)
}

/** The next number, string or literal of a text replaced by a value of any kind: the text stays well-formed, so a reader looks deeper. */
const replaceValue: Mutation = (bytes, random) => {
  const text = bytes.toString('latin1')
  const pattern = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|"(?:[^"\\]|\\.)*"(?!\s*:)|true|false|null/gi
  pattern.lastIndex = random.below(text.length)
  const found = pattern.exec(text)
  if (found === null) return bytes
  return replaceRange(bytes, found.index, found.index + found[0].length, Buffer.from(random.pick(values)))
}

const mutations = [flipBits, flipBits, setByte, truncate, remove, repeat, splice, edgeInteger, edgeInteger, replaceWord, replaceWord]

/** One of the inputs with one to four random changes, mostly one. The same random numbers give the same bytes. */
export function mutate(inputs: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(random.pick(inputs))
  const isText = !bytes.subarray(0, 256).some((byte) => byte < 9 || byte > 126)
  for (let n = random.pick([1, 1, 1, 2, 3, 4]); n > 0; n--) {
    const mutation = isText && random.below(2) === 0 ? replaceValue : random.pick(mutations)
    bytes = Buffer.from(mutation(bytes, random, inputs))
  }
  return new Uint8Array(bytes)
}
