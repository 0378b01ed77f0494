import { VirgaError } from '@virga/errors'
import { airRows } from './table.ts'
import type { WeatherPhysics } from './physics.ts'

export const weathers = ['clear', 'overcast', 'rain', 'snow', 'fog'] as const
export const lightings = ['morning', 'day', 'golden-hour', 'night'] as const

export type Weather = (typeof weathers)[number]
export type Lighting = (typeof lightings)[number]
export type Surface = 'dry' | 'wet' | 'snowy'

/** Weather and light of a rendering; the physics, where it asks for other than the named look has (made by `withWeather`). */
export interface Look {
  readonly weather: Weather
  readonly lighting: Lighting
  readonly physics?: Partial<WeatherPhysics>
}

/** All 20 looks, weather by weather. */
export const looks: readonly Look[] = weathers.flatMap((weather) => lightings.map((lighting) => ({ weather, lighting })))

/** `rain-night`; with physics of its own `clear-day+wetness=1`. */
export function lookName({ weather, lighting, physics = {} }: Look): string {
  const own = Object.entries(physics).sort(([a], [b]) => (a < b ? -1 : 1))
  return [`${weather}-${lighting}`, ...own.map(([field, value]) => `${field}=${value}`)].join('+')
}

/** State of the road under a look. */
export function surfaceOf({ weather, physics = {} }: Look): Surface {
  const { snow, wetness } = airRows[weather]
  if ((physics.snowCover ?? Math.max(snow, Number((physics.snowRate ?? 0) > 0))) >= 0.4) return 'snowy'
  return (physics.wetness ?? Math.max(wetness, Number((physics.rainRate ?? 0) > 0))) >= 0.4 ? 'wet' : 'dry'
}

/**
 * @param text `<weather>/<lighting>`, for instance rain/night
 * @throws VirgaError VIRGA_UNKNOWN_NAME that lists what there is
 */
export function parseLook(text: string): Look {
  const [weather, lighting, ...rest] = text.split('/')
  const found = looks.find((look) => look.weather === weather && look.lighting === lighting)
  if (found === undefined || rest.length > 0) {
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `unknown look ${text}`, {
      expected: `WEATHER/LIGHTING with weather ${weathers.join(', ')} and lighting ${lightings.join(', ')}`,
    })
  }
  return found
}
