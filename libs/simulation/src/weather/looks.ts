import { VirgaError } from '@virga/errors'

export const weathers = ['clear', 'overcast', 'rain', 'snow', 'fog'] as const
export const lightings = ['morning', 'day', 'golden-hour', 'night'] as const

export type Weather = (typeof weathers)[number]
export type Lighting = (typeof lightings)[number]
export type Surface = 'dry' | 'wet' | 'snowy'

/** Weather and light of a rendering. */
export interface Look {
  readonly weather: Weather
  readonly lighting: Lighting
}

/** All 20 looks, weather by weather. */
export const looks: readonly Look[] = weathers.flatMap((weather) => lightings.map((lighting) => ({ weather, lighting })))

export function lookName(look: Look): string {
  return `${look.weather}-${look.lighting}`
}

/** State of the road under a weather. */
export function surfaceOf(look: Look): Surface {
  return look.weather === 'rain' ? 'wet' : look.weather === 'snow' ? 'snowy' : 'dry'
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
