import { VirgaError } from '@virga/errors'
import { Random } from '../random.ts'
import type { Look } from './looks.ts'

/**
 * Physical quantities of weather, light and road surface. Every look has a value for each (see `lookPhysics`); a drive may ask for others on top of a look,
 * for instance a wet road after rain under a clear sky.
 */
export interface WeatherPhysics {
  /** Degrees; azimuth from the world's x axis to the left, -180..180; elevation 2..90. */
  readonly sunAzimuth: number
  readonly sunElevation: number
  /** Share of the direct sun that comes through, 0 (covered) to 1. */
  readonly sunPower: number
  /** Share of the sky that is a grey cover, 0..1. */
  readonly cloudCover: number
  /** Haze like Linke's turbidity: 1 the cleanest air, 2 clear, 10 thick. Whitens the sky, widens the sun's glow, thickens the air. */
  readonly haze: number
  /** Extinction per metre, 0..0.2; visibility is 3.912 / extinction (Koschmieder 1924). */
  readonly fogExtinction: number
  /** Millimetres of water per hour: rain 0..100, snow 0..20. */
  readonly rainRate: number
  readonly snowRate: number
  /** Share of the ground under snow, 0..1. */
  readonly snowCover: number
  /** Film of water on the road, 0 dry to 1 standing in puddles. */
  readonly wetness: number
  /** Power of street lamps and of what is lit inside (1 = as at night, 0 = off), share of the full power of vehicle lights. */
  readonly lampPower: number
  readonly windowPower: number
  readonly vehicleLights: number
  /** Drops on the lens, 0..1. */
  readonly lensDrops: number
  /** Factor on the camera's exposure. */
  readonly exposure: number
}

const ranges: Record<keyof WeatherPhysics, readonly [low: number, high: number, unit: string]> = {
  sunAzimuth: [-180, 180, 'degrees'],
  sunElevation: [2, 90, 'degrees'],
  sunPower: [0, 1, 'share'],
  cloudCover: [0, 1, 'share'],
  haze: [1, 10, 'turbidity'],
  fogExtinction: [0, 0.2, 'per metre'],
  rainRate: [0, 100, 'mm/h'],
  snowRate: [0, 20, 'mm/h'],
  snowCover: [0, 1, 'share'],
  wetness: [0, 1, 'share'],
  lampPower: [0, 3, 'factor'],
  windowPower: [0, 3, 'factor'],
  vehicleLights: [0, 1, 'share'],
  lensDrops: [0, 1, 'share'],
  exposure: [0.25, 4, 'factor'],
}

/**
 * The look with other physics. Rain or snow that is asked for without a state of the road or the air brings both: wetness or cover, and extinction.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME for a quantity that there is not, VIRGA_OUT_OF_RANGE for a value outside its range (or no number)
 */
export function withWeather(look: Look, weather: Partial<WeatherPhysics>): Look {
  for (const [field, value] of Object.entries(weather) as [string, unknown][]) {
    const range = (ranges as Partial<Record<string, (typeof ranges)[keyof WeatherPhysics]>>)[field]
    if (range === undefined) {
      throw new VirgaError('VIRGA_UNKNOWN_NAME', `weather has no ${field}`, { field, expected: Object.keys(ranges).join(', ') })
    }
    const [low, high, unit] = range
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `weather with ${field} ${String(value)}`, {
        field,
        expected: `${low} to ${high} (${unit})`,
      })
    }
  }
  return { ...look, physics: { ...look.physics, ...weather } }
}

/** How far `jittered` may move the sun's azimuth (degrees) and the haze (turbidity) to either side. */
export interface Jitter {
  readonly sunAzimuth?: number
  readonly haze?: number
}

/** The look with the sun and the haze moved a little by a seed, around the values that it has. Nothing uses it unless asked. */
export function jittered(look: Look, seed: number, base: Pick<WeatherPhysics, 'sunAzimuth' | 'haze'>, jitter: Jitter): Look {
  const random = new Random(seed, 'weather jitter')
  const [turn, thicken] = [random.between(-1, 1), random.between(-1, 1)]
  const azimuth = base.sunAzimuth + turn * Math.min(180, jitter.sunAzimuth ?? 0)
  return withWeather(look, {
    sunAzimuth: azimuth > 180 ? azimuth - 360 : azimuth < -180 ? azimuth + 360 : azimuth,
    haze: Math.min(10, Math.max(1, base.haze + thicken * (jitter.haze ?? 0))),
  })
}
