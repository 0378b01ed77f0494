import { lookParameters } from '../weather/parameters.ts'
import type { Look } from '../weather/looks.ts'
import { toGpu } from './matrices.ts'

/** Floats of the Look struct in sky.wgsl.ts. */
export const lookFloats = 16 + 10 * 4

export function sunDirection(look: Look): [number, number, number] {
  const { sunElevation, sunAzimuth } = lookParameters(look)
  return [Math.cos(sunElevation) * Math.cos(sunAzimuth), Math.cos(sunElevation) * Math.sin(sunAzimuth), Math.sin(sunElevation)]
}

/** Whether the look has a sun that throws shadows. */
export function castsShadows(look: Look): boolean {
  const { sun } = lookParameters(look)
  return Math.max(...sun) > 0.1
}

export function hasHalos(look: Look): boolean {
  return lookParameters(look).halo > 0
}

export function lookUniforms(
  look: Look,
  shadow: readonly number[] | undefined,
  seconds: number,
  frame: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const p = lookParameters(look)
  const out = new Float32Array(lookFloats)
  if (shadow !== undefined) toGpu(shadow, out, 0)
  out.set([...sunDirection(look), p.shadow], 16)
  out.set([...p.sun, p.sunGlow], 20)
  out.set([...p.zenith, p.clouds], 24)
  out.set([...p.horizon, p.halo], 28)
  out.set([...p.ambient, p.windows], 32)
  out.set([...p.fog, p.fogDensity], 36)
  out.set([p.wetness, p.snow, p.streaks, p.flakes], 40)
  out.set([p.lamps, p.vehicleLights, p.exposure, p.saturation], 44)
  out.set([seconds, frame, shadow === undefined ? 0 : 1, seed % 1000], 48)
  out.set([p.spray, p.lensDrops, 0, 0], 52)
  return out
}
