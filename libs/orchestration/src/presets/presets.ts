import { VirgaError } from '@virga/errors'
import { type Lighting, lookName, type Look, looks, type Weather } from '@virga/simulation'

/** A named recipe for a variant; what a request sets itself wins over it, and it wins over the bundle. */
export interface Preset {
  /** The last part of `presets/{preset}`. */
  readonly id: string
  /** Rises with every change of what it gives. */
  readonly version: number
  readonly description: string
  readonly look: Look
  /** Default: the bundle's own for the look. */
  readonly prompt?: string
  /** Default: the bundle's own. */
  readonly negativePrompt?: string
}

const weatherText: Readonly<Record<Weather, string>> = {
  clear: 'Clear sky',
  overcast: 'Closed clouds, no shadows',
  rain: 'Rain on a wet road',
  snow: 'Snowfall, road and verges covered',
  fog: 'Fog',
}
const lightText: Readonly<Record<Lighting, string>> = {
  morning: 'low morning sun',
  day: 'day',
  'golden-hour': 'low evening sun',
  night: 'night with street lamps',
}

/** The presets of this release by name: every weather in every light. */
export const presets: readonly Preset[] = looks
  .map((look) => ({ id: lookName(look), version: 1, description: `${weatherText[look.weather]}, ${lightText[look.lighting]}.`, look }))
  .sort((a, b) => (a.id < b.id ? -1 : 1))

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing those that there are */
export function findPreset(id: string, field = 'preset'): Preset {
  const found = presets.find((preset) => preset.id === id)
  if (found !== undefined) return found
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no preset ${id}`, {
    field,
    expected: `one of: ${presets.map((preset) => preset.id).join(', ')}`,
  })
}
