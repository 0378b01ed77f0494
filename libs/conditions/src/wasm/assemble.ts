/** WebAssembly code as bytes: each function gives one instruction (WebAssembly core specification 2.0, chapter 5.4). */
export type Code = readonly number[]

const simd = (opcode: number, ...rest: Code): Code => [0xfd, ...unsigned(opcode), ...rest]
/** Offset in bytes; no alignment is promised. */
const at = (offset: number): Code => [0, ...unsigned(offset)]

export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number): Code => [0x21, ...unsigned(index)],
  tee: (index: number): Code => [0x22, ...unsigned(index)],
}

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  load: (offset = 0): Code => [0x28, ...at(offset)],
  add: [0x6a],
  sub: [0x6b],
  lessThan: [0x49],
} as const

export const v128 = {
  load: (offset = 0): Code => simd(0, ...at(offset)),
  /** The same float32 in all four lanes. */
  splatFrom: (offset = 0): Code => simd(9, ...at(offset)),
  store: (offset = 0): Code => simd(11, ...at(offset)),
  /** A float32 constant in all four lanes. */
  constant: (value: number): Code => {
    const lane = [...new Uint8Array(Float32Array.of(value).buffer)]
    return simd(12, ...lane, ...lane, ...lane, ...lane)
  },
} as const

export const f32x4 = {
  nearest: simd(0x6a),
  abs: simd(0xe0),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  max: simd(0xe9),
} as const

export const i32x4 = { shiftLeft: simd(0xab), add: simd(0xae) } as const

/** Runs the body, and again as long as what it leaves on the stack is not 0. */
export const repeat = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b]

/**
 * A module with one exported function `run` of i32 parameters and no result, over an imported memory `env.memory`.
 *
 * @param locals further locals after the parameters
 */
export function moduleOf(parameters: number, locals: { readonly i32: number; readonly v128: number }, body: readonly Code[]): Uint8Array {
  const section = (id: number, ...content: Code): Code => [id, ...unsigned(content.length), ...content]
  const text = (value: string): Code => [value.length, ...Buffer.from(value)]
  const types = [1, 0x60, parameters, ...new Array<number>(parameters).fill(0x7f), 0]
  const code = [2, locals.i32, 0x7f, locals.v128, 0x7b, ...body.flat(), 0x0b]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, ...types),
    ...section(2, 1, ...text('env'), ...text('memory'), 2, 0, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...text('run'), 0, 0),
    ...section(10, 1, ...unsigned(code.length), ...code),
  ])
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const isLast = (rest >> 6 === 0 && (rest & 0x40) === 0) || (rest >> 6 === -1 && (rest & 0x40) !== 0)
    if (isLast) return [...bytes, rest & 0x7f]
    bytes.push((rest & 0x7f) | 0x80)
  }
}
