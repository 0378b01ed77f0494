/** Random numbers of one ray: the same whatever was asked before. 32-bit finaliser lowbias32 (Chris Wellons, public domain). */
export function rayRandom(seed: number, ray: number): number {
  let x = (seed ^ Math.imul(ray + 1, 0x9e3779b1)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return ((x ^ (x >>> 16)) >>> 0) / 4294967296
}

/** Standard normal from two uniform numbers (Box and Muller). */
export function normal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)
}
