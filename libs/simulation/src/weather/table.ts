import type { Lighting, Weather } from './looks.ts'

/** Linear radiance, relative to a white surface under a clear noon = about 3. */
export type Rgb = readonly [number, number, number]

/** What a time of day means under a clear sky. */
export interface LightRow {
  /** Radians; azimuth from the world's x axis to the left. */
  readonly elevation: number
  readonly azimuth: number
  readonly sun: Rgb
  readonly zenith: Rgb
  readonly horizon: Rgb
  readonly ambient: Rgb
  readonly lamps: number
  /** Power of what is lit inside: the same windows and shops at every hour, brightest at night. */
  readonly windows: number
  readonly exposure: number
  readonly sunGlow: number
  /** Grey of the overcast sky in this light. */
  readonly cover: Rgb
}

export const lightRows: Record<Lighting, LightRow> = {
  morning: {
    elevation: 0.42,
    azimuth: 1.0,
    sun: [2.7, 2.25, 1.65],
    zenith: [0.24, 0.4, 0.68],
    horizon: [0.78, 0.78, 0.74],
    ambient: [0.5, 0.6, 0.74],
    lamps: 0,
    windows: 0.3,
    exposure: 1.0,
    sunGlow: 0.5,
    cover: [0.46, 0.54, 0.68],
  },
  day: {
    elevation: 1.0,
    azimuth: -2.2,
    sun: [2.7, 2.55, 2.3],
    zenith: [0.16, 0.34, 0.72],
    horizon: [0.56, 0.72, 0.92],
    ambient: [0.5, 0.57, 0.68],
    lamps: 0,
    windows: 0.25,
    exposure: 1.0,
    sunGlow: 0.15,
    cover: [0.86, 0.88, 0.89],
  },
  'golden-hour': {
    elevation: 0.17,
    azimuth: -0.42,
    sun: [4.2, 2.1, 0.85],
    zenith: [0.2, 0.28, 0.5],
    horizon: [1.25, 0.68, 0.32],
    ambient: [0.62, 0.5, 0.47],
    lamps: 0,
    windows: 0.5,
    exposure: 1.2,
    sunGlow: 1.2,
    cover: [0.62, 0.45, 0.36],
  },
  night: {
    elevation: 0.9,
    azimuth: 0.8,
    sun: [0.012, 0.015, 0.024],
    zenith: [0.005, 0.009, 0.024],
    horizon: [0.024, 0.03, 0.05],
    ambient: [0.03, 0.034, 0.05],
    lamps: 1,
    windows: 1,
    exposure: 1.05,
    sunGlow: 0,
    cover: [0.033, 0.026, 0.024],
  },
}

/** What a weather does to the light and the surfaces. */
export interface AirRow {
  /** Share of direct sun that comes through, and how grey the sky is (0 = as lit, 1 = the light's cover). */
  readonly sun: number
  readonly cover: number
  /** Factor on skylight: a covered sky lights less in all. */
  readonly ambient: number
  readonly clouds: number
  readonly fogDensity: number
  /** mm/h. */
  readonly rainRate: number
  readonly snowRate: number
  readonly wetness: number
  readonly snow: number
  readonly saturation: number
  /** Share of full power of vehicle lights by day; those that drive always show their daytime running lights. */
  readonly vehicleLights: number
}

const dry = { rainRate: 0, snowRate: 0, wetness: 0, snow: 0 }

export const airRows: Record<Weather, AirRow> = {
  clear: { ...dry, sun: 1, cover: 0, ambient: 1, clouds: 0.35, fogDensity: 0.0006, saturation: 1.15, vehicleLights: 0.14 },
  overcast: { ...dry, sun: 0, cover: 1, ambient: 1.3, clouds: 0.22, fogDensity: 0.0016, saturation: 0.82, vehicleLights: 0.18 },
  rain: {
    ...dry,
    rainRate: 12,
    wetness: 1,
    sun: 0,
    cover: 1,
    ambient: 0.85,
    clouds: 0.2,
    fogDensity: 0.0045,
    saturation: 0.72,
    vehicleLights: 0.4,
  },
  snow: {
    ...dry,
    snowRate: 2,
    wetness: 0.1,
    snow: 1,
    sun: 0,
    cover: 1,
    ambient: 1.1,
    clouds: 0.08,
    fogDensity: 0.0055,
    saturation: 0.75,
    vehicleLights: 0.35,
  },
  fog: { ...dry, wetness: 0.15, sun: 0, cover: 1, ambient: 1.15, clouds: 0, fogDensity: 0.03, saturation: 0.75, vehicleLights: 0.5 },
}
