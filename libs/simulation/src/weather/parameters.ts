import type { Look } from './looks.ts'
import type { WeatherPhysics } from './physics.ts'
import { airRows, type AirRow, type LightRow, lightRows, type Rgb } from './table.ts'

/** What a look means for the light and the surfaces: what the shaders read. Colours and radiances are linear, see `Rgb`. */
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
  /** Visibility of falling rain and snow, 0..1: faint, since a small network takes it for noise. */
  readonly streaks: number
  readonly flakes: number
  /** Optical density of the spray behind a fast vehicle, per metre. */
  readonly spray: number
  readonly lensDrops: number
  /** Power of street lamps, vehicle lights and what is lit inside (0 = off). */
  readonly lamps: number
  readonly vehicleLights: number
  readonly windows: number
  readonly exposure: number
  readonly saturation: number
  /** Strength of the sun's glow in the sky and of bright lights' halos. */
  readonly sunGlow: number
  readonly halo: number
}

const degrees = 180 / Math.PI
/** Rain and snow of the named looks, mm/h; extinction goes with the power that holds for rain (Atlas 1953: proportional to R^0.63). */
const rainOfLook = airRows.rain.rainRate
const snowOfLook = airRows.snow.snowRate
const clearHaze = 2

/** The physics of a look: those of the table, changed by what the look asks for. */
export function lookPhysics(look: Look): WeatherPhysics {
  const l = lightRows[look.lighting]
  const a = airRows[look.weather]
  const night = look.lighting === 'night'
  const named: WeatherPhysics = {
    sunAzimuth: l.azimuth * degrees,
    sunElevation: l.elevation * degrees,
    sunPower: a.sun,
    cloudCover: a.cover,
    haze: clearHaze,
    fogExtinction: a.fogDensity,
    rainRate: a.rainRate,
    snowRate: a.snowRate,
    snowCover: a.snow,
    wetness: a.wetness,
    lampPower: l.lamps,
    windowPower: l.windows,
    vehicleLights: night ? 1 : Math.max(a.vehicleLights, l.elevation < 0.2 ? 0.4 : 0),
    lensDrops: 0,
    exposure: 1,
  }
  const asked = look.physics
  if (asked === undefined) return named
  const brought: { -readonly [K in keyof WeatherPhysics]?: number } = {}
  if (asked.rainRate !== undefined && asked.rainRate > 0) {
    brought.wetness = Math.min(1, 0.5 + asked.rainRate / 8)
    brought.fogExtinction = 0.0006 + 0.0039 * (asked.rainRate / rainOfLook) ** 0.63
  }
  if (asked.snowRate !== undefined && asked.snowRate > 0) {
    brought.snowCover = Math.max(named.snowCover, Math.min(1, asked.snowRate / snowOfLook))
    brought.fogExtinction = 0.0006 + 0.0049 * (asked.snowRate / snowOfLook) ** 0.63
  }
  return { ...named, ...brought, ...asked }
}

/** The one table, weather x lighting -> parameters: the lighting's row, seen through the weather's row and changed by the look's own physics. */
export function lookParameters(look: Look): LookParameters {
  const l = lightRows[look.lighting]
  const a = airRows[look.weather]
  const p = lookPhysics(look)
  const night = look.lighting === 'night'
  // Haze beyond clear air whitens the zenith, widens the glow and thickens the air by 0.0006 per metre and unit.
  const haze = (p.haze - clearHaze) / 8
  const clear: LightRow = { ...l, zenith: mix(l.zenith, l.horizon, Math.max(-0.15, 0.7 * haze)) }
  const sky = skyOf(look, a, clear, p)
  const falling = Math.max(p.rainRate / rainOfLook, p.snowRate / snowOfLook)
  return {
    sunElevation: p.sunElevation / degrees,
    sunAzimuth: p.sunAzimuth / degrees,
    sun: scale(l.sun, p.sunPower * (1 - 0.4 * Math.max(0, haze))),
    shadow: 0.72,
    ...sky,
    clouds: a.clouds,
    fogDensity: p.fogExtinction + Math.max(0, p.haze - clearHaze) * 0.0006,
    wetness: p.wetness,
    snow: p.snowCover,
    streaks: Math.min(1, 0.6 * Math.sqrt(p.rainRate / rainOfLook)) * (night ? 0.6 : 1),
    flakes: Math.min(1, 0.6 * Math.sqrt(p.snowRate / snowOfLook)) * (night ? 0.5 : 1),
    // What tyres throw up: water on the road, more while it rains.
    spray: p.wetness * (0.2 + 0.45 * Math.min(1.5, falling)) * Number(p.rainRate > 0 || p.wetness > 0.5),
    lensDrops: p.lensDrops,
    lamps: p.lampPower,
    vehicleLights: p.vehicleLights,
    windows: p.windowPower,
    // A camera closes its iris when lamps shine on snow.
    exposure: l.exposure * p.exposure * (night ? 1 - 0.25 * p.snowCover : 1),
    // Lamps keep their colours in any weather.
    saturation: night ? Math.max(0.92, a.saturation) : a.saturation,
    sunGlow: l.sunGlow * p.sunPower * (1 + 1.5 * Math.max(0, haze)),
    halo: night ? Math.min(0.5, 0.22 + Math.min(0.1, p.fogExtinction * 40) + Math.max(0, p.fogExtinction - 0.006) * 8) : 0,
  }
}

/** Colours of sky, skylight and fog under a cover that is as grey as the physics say. */
function skyOf(look: Look, a: AirRow, l: LightRow, p: WeatherPhysics): Pick<LookParameters, 'zenith' | 'horizon' | 'ambient' | 'fog'> {
  const night = look.lighting === 'night'
  const dark = look.weather === 'rain' ? 0.72 : 1
  const covered = (rgb: Rgb): Rgb => mix(rgb, scale(l.cover, dark), p.cloudCover)
  const horizon = covered(l.horizon)
  const glow = { clear: 1, overcast: 1, rain: 1.3, snow: 2, fog: 3.2 }[look.weather]
  const fog = night ? scale(horizon, glow) : horizon
  const grey = scale(mix(l.ambient, l.cover, 0.7), a.ambient)
  // Dense fog hides the sky itself.
  if (look.weather === 'fog') return { zenith: scale(fog, 0.92), horizon: fog, ambient: grey, fog }
  return {
    zenith: scale(covered(l.zenith), 1 - 0.14 * p.cloudCover),
    horizon,
    ambient: mix(l.ambient, a.cover > 0 ? grey : scale(grey, 1.3), p.cloudCover),
    fog,
  }
}

function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

function scale(a: Rgb, k: number): Rgb {
  return [a[0] * k, a[1] * k, a[2] * k]
}
