import { Random } from '../random.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { factsOf } from '../world/facts.ts'
import { type Look, lookName, surfaceOf } from './looks.ts'
import { lightPhrases, placeWords, shownWeather, skyWordsOf, surfacePhrases, timeNouns } from './words.ts'

/** Wordings of one look. */
const wordings = 16
/** What the small text encoder reads with room to spare. */
const mostWords = 23

/**
 * Short prompts in plain English (under 24 words), from the look and, where a drive is given, its place, lanes, slope and junctions. The first is the one that
 * presets use, the same for every drive; each of the others names weather and light, most of them the road or the place too. The same drive and look give the same.
 */
export function promptsFor(look: Look, drive?: SimulatedDrive): string[] {
  const random = new Random(drive?.seed ?? 0, `prompts ${lookName(look)}`)
  const sky = skyWordsOf(look)
  const { places, extras } = placeWords(drive && factsOf(drive))
  const say = {
    noun: () => random.pick(sky.noun),
    clause: () => random.pick(sky.clause),
    adjective: () => random.pick(sky.adjective),
    light: () => random.pick(lightPhrases[look.lighting]),
    time: () => random.pick(timeNouns[look.lighting]),
    surface: () => random.pick(surfacesOf(look)),
    place: () => random.pick(places),
    extra: () => random.pick(extras),
  }
  const templates: readonly (() => string)[] = [
    () => `driving through the city, ${say.noun()}, ${say.light()}`,
    () => `dashcam video, ${say.noun()}, ${say.light()}`,
    () => `${say.place()}, ${say.noun()}, ${say.light()}`,
    () => `${say.place()} ${say.light()}, ${say.surface()}, ${say.noun()}`,
    () => `${say.clause()} ${say.light()} on ${say.place()}`,
    () => `${say.adjective()} ${say.time()}, ${say.place()}`,
    () => `${say.surface()}, ${say.noun()}, ${say.time()}`,
    () => `${say.place()}, ${say.extra()}, ${say.noun()} ${say.light()}`,
    () => `${say.light()}, ${say.noun()}`,
    () => `view from a car: ${say.place()}, ${say.adjective()} weather, ${say.light()}, ${say.surface()}`,
    () => `${say.adjective()} ${say.time()}, ${say.surface()}`,
    () => `the street ${say.light()}; ${say.clause()}`,
    () => `${say.extra()}, ${say.place()}; ${say.clause()} ${say.light()}`,
    () => `driving along ${say.place()} ${say.light()}, ${say.noun()}`,
    () => `make it a ${say.adjective()} scene ${say.light()}`,
  ]
  const first = `a city street, ${sky.noun[0]}, ${lightPhrases[look.lighting][0]}${look.lighting === 'night' ? ', street lights on' : ''}`
  const texts = new Set([first])
  for (let turn = 0; texts.size < wordings && turn < 20; turn++) {
    for (const template of templates) {
      const text = template()
      if (texts.size < wordings && text.split(/\s+/).length <= mostWords) texts.add(text)
    }
  }
  return [...texts]
}

/** What the road looks like: of a wet road under a dry sky also why. */
function surfacesOf(look: Look): readonly string[] {
  const surface = surfaceOf(look)
  const after = ['wet road after rain', 'puddles left by the rain', 'the asphalt is still wet from the rain']
  return surface === 'wet' && shownWeather(look) !== 'rain' ? after : surfacePhrases[surface]
}

/** The first wording of a look. */
export function promptFor(look: Look): string {
  return promptsFor(look)[0] ?? lookName(look)
}
