/** A name of Python code: kept as a name, never looked up, let alone run. */
export class PickledGlobal {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What a pickle asks to be called with some arguments; not called here. */
export class PickledCall {
  readonly of: string
  readonly args: readonly unknown[]
  constructor(of: string, args: readonly unknown[]) {
    this.of = of
    this.args = args
  }
}

/** A reference to data outside the pickle. */
export class PickledReference {
  readonly id: unknown
  constructor(id: unknown) {
    this.id = id
  }
}

/** Why a pickle is not read. */
export class PickleRefused extends Error {}

const mark = Symbol('mark')

/**
 * The value of a pickle (Python, Lib/pickletools.py: protocols 2 to 5) of plain values: numbers, strings, booleans, None, tuples and lists
 * (both given as arrays), dictionaries (given as maps). Names of code, calls and references to outside data are given as such for the caller to
 * judge; objects with state are refused. Nothing is ever executed.
 *
 * @throws PickleRefused for every other instruction, and for a pickle that is cut short or makes no sense
 */
export function readPickle(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stack: unknown[] = []
  const memo = new Map<number, unknown>()
  let at = 0
  const take = (count: number): number => {
    if (count > buffer.length - at) throw new PickleRefused(`it is cut short at byte ${at}`)
    at += count
    return at - count
  }
  const byte = () => buffer.readUInt8(take(1))
  const uint32 = () => buffer.readUInt32LE(take(4))
  const text = (length: number) => {
    const start = take(length)
    return buffer.toString('utf8', start, start + length)
  }
  const line = () => {
    const end = buffer.indexOf(10, at)
    if (end < 0) throw new PickleRefused(`it is cut short at byte ${at}`)
    const start = take(end - at + 1)
    return buffer.toString('utf8', start, end)
  }
  const pop = (): unknown => {
    const value = stack.pop()
    if (value === undefined || value === mark) throw new PickleRefused(`its stack is empty at byte ${at}`)
    return value
  }
  const top = (): unknown => {
    const value = stack.at(-1)
    if (value === undefined || value === mark) throw new PickleRefused(`its stack is empty at byte ${at}`)
    return value
  }
  const popMark = (): unknown[] => {
    const start = stack.lastIndexOf(mark)
    if (start < 0) throw new PickleRefused(`it lacks a mark before byte ${at}`)
    return stack.splice(start).slice(1)
  }
  const remember = (index: number) => memo.set(index, top())
  const recall = (index: number) => {
    if (!memo.has(index)) throw new PickleRefused(`it recalls what it has not kept, at byte ${at}`)
    stack.push(memo.get(index))
  }
  const tuple = (length: number) => {
    const values: unknown[] = []
    for (let i = 0; i < length; i++) values.unshift(pop())
    stack.push(values)
  }
  const set = (pairs: readonly unknown[]) => {
    const target = top()
    if (!(target instanceof Map) || pairs.length % 2 !== 0) throw new PickleRefused(`it fills what is no dictionary, at byte ${at}`)
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1])
  }
  const append = (values: readonly unknown[]) => {
    const target = top()
    if (!Array.isArray(target)) throw new PickleRefused(`it fills what is no list, at byte ${at}`)
    for (const value of values) target.push(value)
  }
  const instructions: Readonly<Record<number, () => unknown>> = {
    0x80: () => take(1), // PROTO
    0x95: () => take(8), // FRAME
    0x28: () => stack.push(mark), // MARK
    0x4e: () => stack.push(null), // NONE
    0x88: () => stack.push(true), // NEWTRUE
    0x89: () => stack.push(false), // NEWFALSE
    0x4b: () => stack.push(byte()), // BININT1
    0x4d: () => stack.push(buffer.readUInt16LE(take(2))), // BININT2
    0x4a: () => stack.push(buffer.readInt32LE(take(4))), // BININT
    0x8a: () => stack.push(longInteger(buffer, take, byte())), // LONG1
    0x47: () => stack.push(buffer.readDoubleBE(take(8))), // BINFLOAT
    0x8c: () => stack.push(text(byte())), // SHORT_BINUNICODE
    0x58: () => stack.push(text(uint32())), // BINUNICODE
    0x29: () => stack.push([]), // EMPTY_TUPLE
    0x85: () => tuple(1), // TUPLE1
    0x86: () => tuple(2), // TUPLE2
    0x87: () => tuple(3), // TUPLE3
    0x74: () => stack.push(popMark()), // TUPLE
    0x5d: () => stack.push([]), // EMPTY_LIST
    0x7d: () => stack.push(new Map()), // EMPTY_DICT
    0x61: () => append([pop()]), // APPEND
    0x65: () => append(popMark()), // APPENDS
    0x73: () => set([pop(), pop()].reverse()), // SETITEM
    0x75: () => set(popMark()), // SETITEMS
    0x71: () => remember(byte()), // BINPUT
    0x72: () => remember(uint32()), // LONG_BINPUT
    0x94: () => remember(memo.size), // MEMOIZE
    0x68: () => recall(byte()), // BINGET
    0x6a: () => recall(uint32()), // LONG_BINGET
    0x63: () => stack.push(new PickledGlobal(`${line()}.${line()}`)), // GLOBAL
    0x93: () => {
      const [module, name] = [pop(), pop()].reverse()
      stack.push(new PickledGlobal(`${String(module)}.${String(name)}`)) // STACK_GLOBAL
    },
    0x51: () => stack.push(new PickledReference(pop())), // BINPERSID
    0x52: () => {
      const [of, args] = [pop(), pop()].reverse()
      if (!(of instanceof PickledGlobal) || !Array.isArray(args)) throw new PickleRefused(`it calls what is no name, at byte ${at}`)
      stack.push(new PickledCall(of.name, args)) // REDUCE
    },
  }
  for (;;) {
    const code = byte()
    if (code === 0x2e) return pop() // STOP
    const run = instructions[code]
    if (run === undefined)
      throw new PickleRefused(`it has the instruction 0x${code.toString(16)}, which no tensor needs, at byte ${at - 1}`)
    run()
  }
}

/** Little-endian two's complement; as far as numbers are exact. */
function longInteger(buffer: Buffer, take: (count: number) => number, length: number): number {
  if (length === 0) return 0
  if (length > 8) throw new PickleRefused(`it has a number of ${length} bytes`)
  const start = take(length)
  let value = 0n
  for (let i = 0; i < length; i++) value |= BigInt(buffer[start + i]) << BigInt(8 * i)
  return Number(BigInt.asIntN(8 * length, value))
}
