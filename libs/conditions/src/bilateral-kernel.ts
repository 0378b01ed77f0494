import { type Code, f32x4, i32, i32x4, local, moduleOf, repeat, v128 } from './wasm/assemble.ts'
import { webAssembly, type WasmMemory } from './wasm/webassembly.ts'

/** Bytes of one tap: where it lies from the centre, bytes; the base-2 logarithm of its space weight, float32. */
export const tapBytes = 8

/** Where things lie in the memory, bytes. */
export interface KernelLayout {
  /** From one colour plane to the next. */
  readonly plane: number
  readonly taps: number
  readonly tapCount: number
  /** From one colour of the result to the next. */
  readonly outPlane: number
}

/** Filters groups of four pixels side by side: where the first lies in the red plane, where its result goes, and where the last result ends. */
export type Kernel = (pixel: number, out: number, end: number) => void

// Locals: the parameters, then these.
const [pixel, out, end, tap, place] = [0, 1, 2, 3, 4]
const [red0, green0, blue0, weights, reds, greens, blues, red, green, blue, t, m] = Array.from({ length: 12 }, (_, i) => 5 + i)
/** Constants have locals too: V8 would make them anew at every turn of the loop. */
const firstConstant = 17

/**
 * Coefficients of 2^f on -0.5..0.5, from the second power on: the series of exp(f ln 2), the last fitted so that the error stays under
 * 6 in a million.
 */
const [c2, c3, c4] = [0.240_226_5, 0.055_500_5, 0.009_688]

/** Added to a float32 it rounds it to an integer, which then is the low bits of its mantissa. */
const toInteger = 1.5 * 2 ** 23

/**
 * The bilateral filter's sums in WebAssembly, four pixels at a time in float32. Weights are 2^(log2 of space weight - |colour distance|^2 a), by
 * a polynomial and the exponent's bits: there is no table look-up in SIMD.
 *
 * @param a 1 / (2 sigma^2 ln 2)
 */
export function bilateralKernel(memory: WasmMemory, { plane, taps, tapCount, outPlane }: KernelLayout, a: number): Kernel {
  const get = local.get
  const constants = [-a, -126, toInteger, c4, c3, c2, Math.LN2, 1]
  const constant = (value: number): Code => get(firstConstant + constants.indexOf(value))
  const apart = (of: number, from: number): Code => [...get(of), ...get(from), ...f32x4.sub, ...f32x4.abs]
  const times = (...codes: readonly Code[]): Code => [...codes.flat(), ...f32x4.mul]
  const plus = (...codes: readonly Code[]): Code => [...codes.flat(), ...f32x4.add]
  const collect = (sum: number, value: number): Code => [...plus(get(sum), times(get(m), get(value))), ...local.set(sum)]
  const mean = (sum: number, offset: number): Code => [...get(out), ...get(sum), ...get(weights), ...f32x4.div, ...f32x4.nearest, ...v128.store(offset)] // prettier-ignore
  const horner = (...[last, ...rest]: readonly number[]): Code =>
    rest.reduce<Code>((code, c) => plus(times(code, get(t)), constant(c)), constant(last))

  const setConstants = constants.map((value, i): Code => [...v128.constant(value), ...local.set(firstConstant + i)])
  const body = repeat(
    ...[red0, green0, blue0].map((of, i): Code => [...get(pixel), ...v128.load(i * plane), ...local.set(of)]),
    ...[weights, reds, greens, blues].map((of): Code => [...v128.constant(0), ...local.set(of)]),
    [...i32.constant(taps), ...local.set(tap)],
    repeat(
      [...get(pixel), ...get(tap), ...i32.load(), ...i32.add, ...local.set(place)],
      ...[red, green, blue].map((of, i): Code => [...get(place), ...v128.load(i * plane), ...local.set(of)]),
      [...plus(plus(apart(red, red0), apart(green, green0)), apart(blue, blue0)), ...local.tee(t), ...get(t), ...f32x4.mul],
      plus(times(constant(-a)), [...get(tap), ...v128.splatFrom(4)]),
      // Float32 has no smaller power of two with its whole precision.
      [...constant(-126), ...f32x4.max, ...local.tee(t)],
      [...constant(toInteger), ...f32x4.add, ...local.set(m)],
      [...get(t), ...get(m), ...constant(toInteger), ...f32x4.sub, ...f32x4.sub, ...local.set(t)],
      [...horner(c4, c3, c2, Math.LN2, 1), ...get(m), ...i32.constant(23), ...i32x4.shiftLeft, ...i32x4.add, ...local.tee(m)],
      [...get(weights), ...f32x4.add, ...local.set(weights)],
      ...([[reds, red], [greens, green], [blues, blue]] as const).map(([sum, value]) => collect(sum, value)), // prettier-ignore
      [...get(tap), ...i32.constant(tapBytes), ...i32.add, ...local.tee(tap), ...i32.constant(taps + tapCount * tapBytes), ...i32.lessThan],
    ),
    ...[reds, greens, blues].map((sum, i) => mean(sum, i * outPlane)),
    [...get(pixel), ...i32.constant(16), ...i32.add, ...local.set(pixel)],
    [...get(out), ...i32.constant(16), ...i32.add, ...local.tee(out), ...get(end), ...i32.lessThan],
  )
  const instance = new webAssembly.Instance(
    new webAssembly.Module(moduleOf(3, { i32: 2, v128: 12 + constants.length }, [setConstants.flat(), body])),
    { env: { memory } },
  )
  return instance.exports.run as Kernel
}
