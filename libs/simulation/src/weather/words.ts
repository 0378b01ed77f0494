import type { Facts } from '../world/facts.ts'
import { lookPhysics } from './parameters.ts'
import type { Lighting, Look, Surface, Weather } from './looks.ts'

/** The weather that a look shows: its name's, unless its physics say otherwise. */
export function shownWeather(look: Look): Weather {
  const { rainRate, snowRate, fogExtinction, cloudCover } = lookPhysics(look)
  if (look.physics === undefined) return look.weather
  if (rainRate > 0 || snowRate > 0) return rainRate >= snowRate ? 'rain' : 'snow'
  if (fogExtinction > 0.015) return 'fog'
  return cloudCover > 0.5 ? 'overcast' : 'clear'
}

/** Things that are said of a weather: as a noun, as a clause, as an adjective. */
export interface SkyWords {
  readonly noun: readonly string[]
  readonly clause: readonly string[]
  readonly adjective: readonly string[]
}

const skyWords: Record<Weather, SkyWords> = {
  clear: {
    noun: ['clear weather', 'a clear sky', 'fair weather', 'a cloudless sky', 'fine weather', 'no clouds'],
    clause: ['the sky is clear', 'the weather is fine', 'there is hardly a cloud'],
    adjective: ['clear', 'fine', 'cloudless'],
  },
  overcast: {
    noun: ['overcast sky', 'a grey cloudy sky', 'thick clouds', 'a covered sky', 'cloudy weather', 'grey clouds'],
    clause: ['the sky is overcast', 'clouds cover the sky', 'the sky is grey'],
    adjective: ['overcast', 'cloudy', 'grey'],
  },
  rain: {
    noun: ['heavy rain', 'rain', 'rainy weather', 'steady rain', 'pouring rain', 'a rain shower'],
    clause: ['it is raining', 'rain is falling', 'it rains steadily'],
    adjective: ['rainy', 'wet and rainy', 'rain-soaked'],
  },
  snow: {
    noun: ['snowfall', 'falling snow', 'snowy weather', 'snow', 'winter weather', 'light snow flakes'],
    clause: ['it is snowing', 'snow is falling', 'snowflakes drift down'],
    adjective: ['snowy', 'wintry', 'snow-covered'],
  },
  fog: {
    noun: ['dense fog', 'thick mist', 'foggy weather', 'fog', 'poor visibility in fog', 'heavy fog'],
    clause: ['fog hides the distance', 'thick fog hangs over the street', 'it is foggy'],
    adjective: ['foggy', 'misty', 'hazy and foggy'],
  },
}

const drizzle: SkyWords = {
  noun: ['light drizzle', 'drizzle', 'light rain'],
  clause: ['it is drizzling', 'a light drizzle falls'],
  adjective: ['drizzly', 'slightly rainy'],
}

export function skyWordsOf(look: Look): SkyWords {
  const weather = shownWeather(look)
  return weather === 'rain' && lookPhysics(look).rainRate < 2 ? drizzle : skyWords[weather]
}

export const lightPhrases: Record<Lighting, readonly string[]> = {
  morning: ['in the morning', 'early in the morning', 'in early morning light', 'shortly after sunrise', 'on a fresh morning'],
  day: ['during the day', 'at noon', 'by day', 'in daylight', 'around midday'],
  'golden-hour': ['at golden hour', 'at sunset', 'in warm low light', 'in the evening with an orange sky', 'shortly before sunset'],
  night: ['at night', 'after dark', 'at night with street lights on', 'in the dark with lamps and headlights', 'late at night'],
}

export const timeNouns: Record<Lighting, readonly string[]> = {
  morning: ['morning'],
  day: ['day', 'noon', 'midday'],
  'golden-hour': ['golden hour', 'sunset', 'evening at golden hour'],
  night: ['night'],
}

export const surfacePhrases: Record<Surface, readonly string[]> = {
  dry: ['dry road', 'dry asphalt', 'a dry road surface', 'dry grey asphalt'],
  wet: ['wet road', 'wet asphalt with reflections', 'puddles on the road', 'a dark wet road that mirrors lights'],
  snowy: ['snow on the road', 'a snow-covered road with tyre tracks', 'white road and roofs', 'tyre tracks in the snow'],
}

const streets: Record<Facts['setting'], readonly string[]> = {
  city: ['a city street', 'an urban street with shops', 'a downtown street between buildings', 'a built-up street'],
  suburb: ['a suburban street', 'a residential street with houses', 'a suburb with front gardens', 'a quiet residential road'],
  park: ['a park road', 'a tree-lined street', 'a street along a park', 'a green road with many trees'],
}

const slopes: Record<Facts['grade'], readonly string[]> = {
  level: ['', ''],
  uphill: ['uphill', 'going up a hill'],
  downhill: ['downhill', 'going down a hill'],
  hilly: ['over hills', 'on hilly ground'],
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']

/** Places and what stands there, from what is known of a drive. */
export function placeWords(facts: Facts | undefined): { readonly places: readonly string[]; readonly extras: readonly string[] } {
  if (facts === undefined)
    return { places: ['a street', 'a city street', 'the road', 'a road between buildings'], extras: ['front camera of a car'] }
  const [lower, longer] = slopes[facts.grade]
  const places = streets[facts.setting].map((place, i) => [place, i % 2 === 0 ? lower : longer].filter((part) => part !== '').join(' '))
  const lanes = facts.forwardLanes + facts.oncomingLanes
  const extras = [
    facts.oncomingLanes === 0 ? `one-way road with ${numbers[lanes]} ${lanes === 1 ? 'lane' : 'lanes'}` : `${numbers[lanes]} lanes`,
    ...(facts.oncomingLanes === 0 ? [] : [`${numbers[facts.forwardLanes]} ${facts.forwardLanes === 1 ? 'lane' : 'lanes'} ahead`]),
    ...(facts.signals > 0 ? ['traffic lights ahead', 'a junction with traffic lights'] : facts.junctions > 0 ? ['a junction ahead'] : []),
    ...(facts.crossings > 0 ? ['a zebra crossing'] : []),
    ...(facts.parked > 2 ? ['parked cars at the kerb'] : []),
    ...(facts.moving === 0 ? ['an empty road'] : facts.moving > 6 ? ['dense traffic'] : ['some traffic']),
    ...(facts.waits && facts.signals > 0 ? ['waiting at a red light'] : []),
    ...(facts.cyclists > 0 ? ['a cyclist'] : []),
    ...(facts.large > 0 ? ['a bus or lorry among the cars'] : []),
    ...(facts.bend === 'straight' ? [] : [`a bend to the ${facts.bend}`]),
  ]
  return { places, extras }
}
