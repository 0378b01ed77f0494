import { Random } from '../random.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { type Facts, factsOf } from '../world/facts.ts'
import { type Look, lookName, surfaceOf } from './looks.ts'
import { shownWeather } from './words.ts'

/** How many other wordings stand beside the first. */
const others = 3

const openings = [
  'The video shows a drive',
  'A forward-facing camera on a car films a drive',
  'Dashcam footage of a drive',
  'The scene is recorded from a moving vehicle',
  'The clip follows a car',
]
const views = ['The camera looks straight ahead.', 'The view is steady and level.', 'The picture is sharp and wide.', '']

const skies: Record<Look['weather'], readonly string[]> = {
  clear: ['The sky is clear', 'There is hardly a cloud in the sky', 'The weather is fine'],
  overcast: ['The sky is overcast', 'Thick grey clouds cover the sky', 'The sky is a uniform grey'],
  rain: ['It is raining', 'Steady rain falls', 'Rain falls from heavy clouds'],
  snow: ['It is snowing', 'Snow falls in light flakes', 'Snowflakes drift through the picture'],
  fog: ['Dense fog hangs over the street', 'Thick mist hides the distance', 'Fog swallows everything beyond a few dozen metres'],
}

const hours: Record<Look['lighting'], readonly string[]> = {
  morning: ['in the morning', 'not long after sunrise', 'in the soft light of the morning'],
  day: ['in the middle of the day', 'around noon', 'by day'],
  'golden-hour': ['at golden hour', 'shortly before sunset', 'in the late light of the evening'],
  night: ['at night', 'after dark', 'late in the evening, long after sunset'],
}

/** What the light does, where it comes from the sun or from lamps. */
function light(look: Look): readonly string[] {
  const { lighting } = look
  if (lighting === 'night') return ['street lamps and headlights light the road', 'lamps, headlights and lit windows are the only light']
  if (shownWeather(look) !== 'clear') return ['the light is flat and there are no shadows', 'the light is soft and even']
  if (lighting === 'golden-hour') return ['low warm light throws long shadows', 'an orange sun stands low and shadows are long']
  return ['buildings and cars throw crisp shadows', 'sunlight throws clear shadows on the road']
}

const surfaces: Record<ReturnType<typeof surfaceOf>, readonly string[]> = {
  dry: ['The asphalt is dry.', 'The road surface is dry and grey.', 'The road is dry.'],
  wet: [
    'The asphalt is wet and mirrors what is above it.',
    'Puddles and wet asphalt reflect lights and facades.',
    'The road is wet and dark.',
  ],
  snowy: [
    'The road is white with snow, with tyre tracks in the lanes.',
    'Snow covers road, roofs and pavements.',
    'Tyre tracks run through the snow on the road.',
  ],
}

const places: Record<Facts['setting'], readonly string[]> = {
  city: [
    'a city street between rows of buildings with shops',
    'a built-up street with facades of several floors',
    'an urban street lined with buildings',
  ],
  suburb: [
    'a suburban street with houses and front gardens',
    'a residential street lined with houses',
    'a quiet street with detached houses',
  ],
  park: ['a street along a park with many trees', 'a tree-lined street beside a park', 'a green street with trees on its side'],
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const many = (count: number, one: string, more: string): string => `${numbers[count] ?? 'more than ten'} ${count === 1 ? one : more}`

/**
 * Captions of the drive's front view in a look, each a paragraph of some 60 to 110 words, made from what the simulation knows: weather, light and
 * road surface, place and lanes, traffic, and what the ego does. The first is named Original, as in RDS-HQ; the others say the same in other words.
 * The same drive and look give the same captions.
 */
export function captionsFor(drive: SimulatedDrive, look: Look): Record<string, string> {
  const facts = factsOf(drive)
  const names = ['Original', ...Array.from({ length: others }, (_, i) => `Wording ${i + 2}`)]
  return Object.fromEntries(
    names.map((name, i) => [name, caption(facts, look, new Random(drive.seed, `caption ${lookName(look)} ${i}`), i === 0)]),
  )
}

function caption(facts: Facts, look: Look, random: Random, first: boolean): string {
  const scene = [`${random.pick(openings)} along ${random.pick(places[facts.setting])}.`, laneSentence(facts, random)]
  const air = [
    `${random.pick(skies[shownWeather(look)])} ${random.pick(hours[look.lighting])}, and ${random.pick(light(look))}.`,
    random.pick(surfaces[surfaceOf(look)]),
  ]
  const motion = [motionSentence(facts, random), trafficSentence(facts, random), ...people(facts, random)]
  // The original describes the place first; others may begin with the weather or end with it.
  const order = first ? [scene, air, motion] : [scene, ...random.shuffled([air, motion])]
  return [...order.flat(), random.pick(views)].filter((sentence) => sentence !== '').join(' ')
}

function laneSentence({ forwardLanes, oncomingLanes, bend, grade, junctions, signals, crossings }: Facts, random: Random): string {
  const lanes =
    oncomingLanes === 0
      ? `It is a one-way street with ${many(forwardLanes, 'lane', 'lanes')}`
      : random.pick([
          `It has ${many(forwardLanes, 'lane', 'lanes')} in the direction of travel and ${many(oncomingLanes, 'oncoming lane', 'oncoming lanes')}`,
          `There ${forwardLanes === 1 ? 'is' : 'are'} ${many(forwardLanes, 'lane', 'lanes')} ahead and ${many(oncomingLanes, 'lane', 'lanes')} for oncoming traffic`,
        ])
  const course = bend === 'straight' ? 'runs straight on' : `bends gently to the ${bend}`
  const slope = { level: '', uphill: ' up a hill', downhill: ' down a hill', hilly: ' over hilly ground' }[grade]
  const at = [...(signals > 0 ? ['traffic lights'] : []), ...(crossings > 0 ? ['zebra crossings'] : [])].join(' and ')
  const passed = junctions > 0 ? `, past ${many(junctions, 'junction', 'junctions')}${at === '' ? '' : ` with ${at}`}` : ''
  return `${lanes}, and the street ${course}${slope}${passed}.`
}

function motionSentence({ speed, change, follows, waits, signals }: Facts, random: Random): string {
  // Short, since a street with lights has much else to tell.
  if (waits) {
    const where = signals > 0 ? random.pick(['at the traffic lights', 'at a red light']) : random.pick(['in the traffic', 'for others'])
    return follows ? `The car waits ${where} behind another vehicle in its lane.` : `The car waits ${where} for a while.`
  }
  const pace = speed < 5 ? random.pick(['slowly', 'at low speed']) : random.pick(['at a moderate speed', 'steadily'])
  const course = { faster: ', gaining speed', slower: ', slowing down', steady: '' }[change]
  return follows
    ? `The car moves ${pace}${course}, behind another vehicle in its lane.`
    : `The car moves ${pace}${course}, with a free lane ahead.`
}

function trafficSentence({ moving, oncoming, parked }: Facts, random: Random): string {
  const density =
    moving === 0
      ? 'The road is nearly empty'
      : moving < 4
        ? 'There is light traffic'
        : moving < 9
          ? 'There is moderate traffic'
          : 'Traffic is dense'
  const against = oncoming > 0 ? random.pick([', some of it oncoming', ', with vehicles coming the other way']) : ''
  const kerb =
    parked === 0
      ? ''
      : parked < 5
        ? random.pick([', and a few cars are parked at the kerb', ', and some parked cars stand at the side'])
        : random.pick([', and parked cars line the kerb', ', and rows of parked cars stand along the road'])
  return `${density}${moving > 0 ? against : ''}${kerb}.`
}

function people({ pedestrians, cyclists }: Facts, random: Random): string[] {
  const others = [...(cyclists > 0 ? [`${capital(many(cyclists, 'cyclist rides', 'cyclists ride'))} along.`] : [])]
  if (pedestrians === 0) return [...others, 'Nobody is on the pavements.']
  const text = pedestrians > 10 ? 'Many people are' : capital(many(pedestrians, 'person is', 'people are'))
  return [...others, `${text} ${random.pick(['on the pavements', 'on foot along the street'])}.`]
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
