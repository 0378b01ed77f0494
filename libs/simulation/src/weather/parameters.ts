import type { Lighting, Look, Weather } from './looks.ts'

type Rgb = readonly [number, number, number]

/** What a look means for the light and the surfaces. Colours and radiances are linear, relative to a white surface under a clear noon = about 3. */
export interface LookParameters {
  /** Radians; azimuth from the world's x axis to the left. */
  readonly sunElevation: number
  readonly sunAzimuth: number
  readonly sun: Rgb
  /** Share of the sun that shadows take away. */
  readonly shadow: number
  readonly zenith: Rgb
  readonly horizon: Rgb
  readonly ambient: Rgb
  /** 0..1 contrast of clouds. */
  readonly clouds: number
  /** Radiance of fog, and its density per metre. */
  readonly fog: Rgb
  readonly fogDensity: number
  readonly wetness: number
  readonly snow: number
  /** Visibility of falling rain and snow, 0..1. */
  readonly streaks: number
  readonly flakes: number
  /** Power of street lamps and vehicle lights (0 = off), and the share of windows that are lit. */
  readonly lamps: number
  readonly vehicleLights: number
  readonly litWindows: number
  readonly exposure: number
  readonly saturation: number
  /** Strength of the sun's glow in the sky and of bright lights' halos. */
  readonly sunGlow: number
  readonly halo: number
}

interface Light {
  readonly elevation: number
  readonly azimuth: number
  readonly sun: Rgb
  readonly zenith: Rgb
  readonly horizon: Rgb
  readonly ambient: Rgb
  readonly lamps: number
  readonly litWindows: number
  readonly exposure: number
  readonly sunGlow: number
  /** Grey of the overcast sky in this light. */
  readonly cover: Rgb
}

const light: Record<Lighting, Light> = {
  morning: {
    elevation: 0.42,
    azimuth: 1.0,
    sun: [2.7, 2.25, 1.65],
    zenith: [0.24, 0.4, 0.68],
    horizon: [0.78, 0.78, 0.74],
    ambient: [0.5, 0.6, 0.74],
    lamps: 0,
    litWindows: 0.05,
    exposure: 1.0,
    sunGlow: 0.5,
    cover: [0.6, 0.65, 0.72],
  },
  day: {
    elevation: 1.0,
    azimuth: -2.2,
    sun: [2.7, 2.55, 2.3],
    zenith: [0.16, 0.34, 0.72],
    horizon: [0.56, 0.72, 0.92],
    ambient: [0.5, 0.57, 0.68],
    lamps: 0,
    litWindows: 0.0,
    exposure: 1.0,
    sunGlow: 0.15,
    cover: [0.82, 0.85, 0.88],
  },
  'golden-hour': {
    elevation: 0.17,
    azimuth: -0.42,
    sun: [4.2, 2.1, 0.85],
    zenith: [0.2, 0.28, 0.5],
    horizon: [1.25, 0.68, 0.32],
    ambient: [0.62, 0.5, 0.47],
    lamps: 0,
    litWindows: 0.14,
    exposure: 1.2,
    sunGlow: 1.2,
    cover: [0.66, 0.55, 0.5],
  },
  night: {
    elevation: 0.9,
    azimuth: 0.8,
    sun: [0.012, 0.015, 0.024],
    zenith: [0.004, 0.006, 0.014],
    horizon: [0.022, 0.024, 0.036],
    ambient: [0.028, 0.033, 0.05],
    lamps: 1,
    litWindows: 0.3,
    exposure: 1.5,
    sunGlow: 0,
    cover: [0.019, 0.018, 0.022],
  },
}

interface Air {
  /** Share of direct sun that comes through, and how grey the sky is (0 = as lit, 1 = the light's cover). */
  readonly sun: number
  readonly cover: number
  /** Factor on skylight: a covered sky lights less in all. */
  readonly ambient: number
  readonly clouds: number
  readonly fogDensity: number
  readonly wetness: number
  readonly snow: number
  readonly streaks: number
  readonly flakes: number
  readonly saturation: number
  readonly vehicleLights: number
}

const air: Record<Weather, Air> = {
  clear: {
    sun: 1,
    cover: 0,
    ambient: 1,
    clouds: 0.35,
    fogDensity: 0.0006,
    wetness: 0,
    snow: 0,
    streaks: 0,
    flakes: 0,
    saturation: 1.15,
    vehicleLights: 0,
  },
  overcast: {
    sun: 0,
    cover: 1,
    ambient: 1.3,
    clouds: 0.22,
    fogDensity: 0.0016,
    wetness: 0,
    snow: 0,
    streaks: 0,
    flakes: 0,
    saturation: 0.82,
    vehicleLights: 0.1,
  },
  rain: {
    sun: 0,
    cover: 1,
    ambient: 0.85,
    clouds: 0.2,
    fogDensity: 0.0045,
    wetness: 1,
    snow: 0,
    streaks: 0.6,
    flakes: 0,
    saturation: 0.7,
    vehicleLights: 0.4,
  },
  snow: {
    sun: 0,
    cover: 1,
    ambient: 1.1,
    clouds: 0.08,
    fogDensity: 0.0055,
    wetness: 0.1,
    snow: 1,
    streaks: 0,
    flakes: 0.6,
    saturation: 0.75,
    vehicleLights: 0.3,
  },
  fog: {
    sun: 0,
    cover: 1,
    ambient: 1.15,
    clouds: 0,
    fogDensity: 0.03,
    wetness: 0.15,
    snow: 0,
    streaks: 0,
    flakes: 0,
    saturation: 0.75,
    vehicleLights: 0.5,
  },
}

/** The one table, weather x lighting -> parameters: the lighting's row, seen through the weather's row. */
export function lookParameters(look: Look): LookParameters {
  const l = light[look.lighting]
  const a = air[look.weather]
  const night = look.lighting === 'night'
  const covered = (rgb: Rgb, share = a.cover): Rgb => mix(rgb, scale(l.cover, look.weather === 'rain' ? 0.72 : 1), share)
  const horizon = covered(l.horizon)
  const fog =
    look.weather === 'clear' || look.weather === 'overcast'
      ? horizon
      : night
        ? scale(horizon, look.weather === 'fog' ? 4 : look.weather === 'snow' ? 2.4 : 1.4)
        : horizon
  return {
    sunElevation: l.elevation,
    sunAzimuth: l.azimuth,
    sun: scale(l.sun, a.sun),
    shadow: 0.72,
    // Dense fog hides the sky itself.
    zenith: look.weather === 'fog' ? scale(fog, 0.92) : scale(covered(l.zenith), a.cover > 0 ? 0.86 : 1),
    horizon: look.weather === 'fog' ? fog : horizon,
    ambient: a.cover > 0 ? scale(mix(l.ambient, l.cover, 0.7), a.ambient) : l.ambient,
    clouds: a.clouds,
    fog,
    fogDensity: a.fogDensity,
    wetness: a.wetness,
    snow: a.snow,
    streaks: a.streaks * (night ? 0.5 : 1),
    flakes: a.flakes * (night ? 0.6 : 1),
    lamps: l.lamps,
    vehicleLights: night ? 1 : Math.max(a.vehicleLights, l.elevation < 0.2 ? 0.4 : 0),
    litWindows: night ? l.litWindows : Math.max(l.litWindows, a.cover * 0.1),
    // A camera closes its iris when lamps shine on snow.
    exposure: l.exposure * (night && look.weather === 'snow' ? 0.6 : 1),
    saturation: a.saturation,
    sunGlow: l.sunGlow * a.sun,
    halo: night ? (look.weather === 'fog' ? 0.5 : look.weather === 'clear' ? 0.22 : 0.32) : 0,
  }
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

function scale(a: Rgb, k: number): Rgb {
  return [a[0] * k, a[1] * k, a[2] * k]
}
