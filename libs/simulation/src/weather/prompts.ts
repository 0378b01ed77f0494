import { type Look, lookName } from './looks.ts'

const skies: Record<Look['weather'], readonly string[]> = {
  clear: ['clear weather', 'a clear sky', 'fair weather with a dry road'],
  overcast: ['overcast sky', 'a grey cloudy sky', 'flat light under thick clouds'],
  rain: ['heavy rain', 'a rainy street with wet asphalt', 'rain and reflections on a wet road'],
  snow: ['snowfall', 'a snowy street with tyre tracks', 'snow covering road and roofs'],
  fog: ['dense fog', 'a foggy street', 'thick mist hiding the distance'],
}

const lights: Record<Look['lighting'], readonly string[]> = {
  morning: ['in the morning', 'early morning light', 'shortly after sunrise'],
  day: ['during the day', 'at noon', 'in bright daylight'],
  'golden-hour': ['at golden hour', 'at sunset, warm low light', 'in the evening with an orange sky'],
  night: ['at night, street lights on', 'at night with headlights and lit windows', 'in the dark, lamps glowing'],
}

/** Three wordings of a look; the first is the one that presets use. */
export function promptsFor(look: Look): string[] {
  const sky = skies[look.weather]
  const light = lights[look.lighting]
  const prompts = [
    `a city street, ${sky[0]}, ${light[0]}`,
    `driving through the city, ${sky[1]}, ${light[1]}`,
    `dashcam video, ${sky[2]}, ${light[2]}`,
  ]
  return look.lighting === 'day' && look.weather !== 'clear'
    ? prompts.map((text) => text.replace('in bright daylight', 'in daylight'))
    : prompts
}

/** The first wording of a look. */
export function promptFor(look: Look): string {
  return promptsFor(look)[0] ?? lookName(look)
}
