import type { ErrorPlace } from '@virga/errors'
import type { MapElement, MissingPart, TrafficLight } from '@virga/scenario'
import { failAt } from './fail.ts'
import { isObject, own, parseJson, shown } from './json.ts'
import { framesPerKey, frameOffsetUs } from './layout.ts'

type State = NonNullable<TrafficLight['states']>['state'][number]

/** State words per frame by the `feature_id` of the light. */
export type LightStates = ReadonlyMap<string, readonly State[]>

/**
 * Parses `aggregated_states.json`: an object or list with one entry per light that has a `feature_id` and a list with a word for every frame. The
 * name of the list is not documented; any list of words is taken. Words other than red, yellow and green are `unknown`.
 */
export function parseLightStates(bytes: Uint8Array, place: ErrorPlace): LightStates {
  const json = parseJson(bytes, place)
  const fail = failAt(place)
  if (!isObject(json) && !Array.isArray(json)) fail(`states are ${shown(json)}`, undefined, 'an entry for every light')
  const lights = new Map<string, State[]>()
  for (const [key, entry] of Object.entries(json as object) as [string, unknown][]) {
    if (!isObject(entry)) return fail(`entry is ${shown(entry)}`, key, 'an object with feature_id and states')
    const id = own(entry, 'feature_id')
    const list = Object.values(entry).find((value) => Array.isArray(value) && value.every((word) => typeof word === 'string'))
    if (typeof id !== 'string' && typeof id !== 'number')
      return fail(`feature_id is ${shown(id)}`, `${key}.feature_id`, 'the id of a light')
    if (list === undefined) return fail('no list of states', key, 'a state for every frame')
    lights.set(String(id), list.map(stateOf))
  }
  return lights
}

function stateOf(word: string): State {
  const lower = word.toLowerCase()
  return lower === 'red' || lower === 'yellow' || lower === 'green' ? lower : 'unknown'
}

/** The map with states on its lights. A list as long as there are key frames counts these, any other counts the 30 Hz frames. */
export function withLightStates(
  map: readonly MapElement[],
  lights: LightStates,
  clip: { readonly startUs: number; readonly frames: number },
): { map: MapElement[]; notes: MissingPart[] } {
  const used = new Set<string>()
  const keys = Math.ceil(clip.frames / framesPerKey)
  const odd: string[] = []
  const out = map.map((element) => {
    const words = element.kind === 'traffic-light' ? lights.get(element.id) : undefined
    if (words === undefined || words.length === 0) return element
    used.add(element.id)
    if (words.length !== clip.frames && words.length !== keys) odd.push(`${element.id} has ${words.length}`)
    const step = words.length === keys && clip.frames !== keys ? framesPerKey : 1
    const changes = words.flatMap((word, i) => (i > 0 && words[i - 1] === word ? [] : [i]))
    const timesUs = Float64Array.from(changes, (i) => clip.startUs + frameOffsetUs(i * step))
    return { ...element, states: { timesUs, state: changes.map((i) => words[i]) } }
  })
  const unknown = [...lights.keys()].filter((id) => !used.has(id))
  const detail = [
    ...(unknown.length === 0 ? [] : [`states of ${unknown.length} lights that the map does not have (${unknown.slice(0, 3).join(', ')})`]),
    ...(odd.length === 0 ? [] : [`states for another number of frames than the clip's ${clip.frames}: ${odd.slice(0, 3).join(', ')}`]),
  ]
  return { map: out, notes: detail.map((text) => ({ part: 'map', detail: `3d_traffic_lights_status: ${text}` })) }
}
