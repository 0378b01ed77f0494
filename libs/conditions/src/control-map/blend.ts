import type { Blend } from './spec.ts'

/**
 * Puts a rule on top of the weights below it: with weight w, mask m (0..255 stands for 0..1) and the value v so far
 *
 * - over: v + m (w - v), the rule's own weight where m is 1;
 * - sum: v + m w;
 * - max: max(v, m w);
 * - min: v + m (min(v, w) - v), at most w where m is 1;
 * - product: v + m (v w - v), scaled by w where m is 1.
 *
 * Where m is 0 nothing changes, where it is 1 no rounding beyond the operation's own takes place: constants stay exact.
 *
 * @param below [height * width], changed in place
 * @param weight one number, or one per pixel
 * @param mask undefined: 1 everywhere
 */
export function blendRule(below: Float32Array, weight: number | Float32Array, mask: Uint8Array | undefined, blend: Blend): void {
  if (blend === 'over' && typeof weight === 'number') {
    overNumber(below, weight, mask)
    return
  }
  const result = operations[blend]
  for (let i = 0; i < below.length; i++) {
    const m = mask === undefined ? 255 : mask[i]
    if (m === 0) continue
    below[i] = result(below[i], typeof weight === 'number' ? weight : weight[i], m / 255)
  }
}

/** What most rules are, without a call per pixel. */
function overNumber(below: Float32Array, weight: number, mask: Uint8Array | undefined): void {
  if (mask === undefined) {
    below.fill(weight)
    return
  }
  for (let i = 0; i < below.length; i++) {
    const m = mask[i]
    if (m === 255) below[i] = weight
    else if (m !== 0) below[i] += (m / 255) * (weight - below[i])
  }
}

const mixed = (v: number, full: number, m: number): number => (m === 1 ? full : v + m * (full - v))

const operations: Record<Blend, (v: number, w: number, m: number) => number> = {
  over: mixed,
  sum: (v, w, m) => v + m * w,
  max: (v, w, m) => Math.max(v, m * w),
  min: (v, w, m) => mixed(v, Math.min(v, w), m),
  product: (v, w, m) => mixed(v, v * w, m),
}
