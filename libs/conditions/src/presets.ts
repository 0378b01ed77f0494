import { VirgaError } from '@virga/errors'

export const strengths = ['none', 'very_low', 'low', 'medium', 'high', 'very_high'] as const
/** How much of the source a condition leaves out. */
export type Strength = (typeof strengths)[number]

export interface EdgePreset {
  /** Canny thresholds on the L1 gradient magnitude. */
  readonly low: number
  readonly high: number
}

export interface VisPreset {
  /** Bilateral filter: diameter in pixels, sigmas in grey levels and pixels. */
  readonly diameter: number
  readonly sigmaColour: number
  readonly sigmaSpace: number
  /** The frame is shrunk by this factor before the bilateral filter. */
  readonly shrink: number
  /** After it the frame is shrunk by this factor and enlarged again. */
  readonly downUp: number
}

/** Canny thresholds of cosmos-transfer1, config/transfer/augmentors.py. */
export const edgePresets: Readonly<Record<Strength, EdgePreset>> = {
  none: { low: 20, high: 50 },
  very_low: { low: 20, high: 50 },
  low: { low: 50, high: 100 },
  medium: { low: 100, high: 200 },
  high: { low: 200, high: 300 },
  very_high: { low: 300, high: 400 },
}

/** Blur settings of cosmos-transfer1, config/transfer/blurs.py and augmentors.py. `none` leaves the frame as it is. */
export const visPresets: Readonly<Record<Strength, VisPreset>> = {
  none: { diameter: 1, sigmaColour: 1, sigmaSpace: 1, shrink: 1, downUp: 1 },
  very_low: { diameter: 15, sigmaColour: 100, sigmaSpace: 50, shrink: 1, downUp: 4 },
  low: { diameter: 15, sigmaColour: 100, sigmaSpace: 50, shrink: 4, downUp: 4 },
  medium: { diameter: 30, sigmaColour: 150, sigmaSpace: 100, shrink: 2, downUp: 10 },
  high: { diameter: 50, sigmaColour: 300, sigmaSpace: 150, shrink: 1, downUp: 16 },
  very_high: { diameter: 50, sigmaColour: 300, sigmaSpace: 150, shrink: 4, downUp: 16 },
}

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing the presets */
export function strengthOf(name: string): Strength {
  const strength = strengths.find((known) => known === name)
  if (strength !== undefined) return strength
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `preset ${name}`, { field: 'preset', expected: strengths.join(', ') })
}
