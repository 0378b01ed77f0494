import { type Material, materials } from '../materials/classes.ts'
import type { Weather } from '../weather/looks.ts'

/**
 * Diffuse reflectivity near 905 nm. Rounded from spectral libraries (asphalt 0.1 to 0.2, concrete 0.3 to 0.4, leaves and grass 0.4 to 0.6, fresh
 * snow 0.8 and more); glass lets nearly all through or mirrors it away.
 */
const dry: Record<Material, number> = {
  matte: 0.35,
  asphalt: 0.13,
  'road-paint': 0.45,
  window: 0.08,
  'car-paint': 0.3,
  'car-glass': 0.04,
  headlight: 0.6,
  'tail-light': 0.6,
  lamp: 0.3,
  leaf: 0.5,
  grass: 0.45,
  'retro-sign': 8,
  paving: 0.3,
  shop: 0.1,
  facade: 0.35,
  rubber: 0.06,
}

/** Glass beads and reflectors send light back whatever the angle. */
const retro: ReadonlySet<Material> = new Set<Material>(['road-paint', 'retro-sign', 'headlight', 'tail-light'])
const ground: ReadonlySet<Material> = new Set<Material>(['asphalt', 'road-paint', 'paving', 'grass'])

/** Water darkens what it soaks and mirrors light away. */
const wetFactor = 0.4
const snow = 0.85
/** Surfaces that face up by more than this (cosine) are under snow. */
const lies = 0.5

export interface Reflectivity {
  readonly matt: Float64Array
  /** 1 where the angle does not count. */
  readonly retro: Uint8Array
  /** Reflectivity of what faces up, per material; that of `matt` where nothing lies on it. */
  readonly upward: Float64Array
  readonly lies: number
}

/** What each material (by its id) sends back in a weather. */
export function reflectivityIn(weather: Weather): Reflectivity {
  const wet = weather === 'rain'
  const matt = Float64Array.from(materials, (name) => dry[name] * (wet && ground.has(name) ? wetFactor : 1))
  return {
    matt,
    // A film of water covers the beads of paint.
    retro: Uint8Array.from(materials, (name) => (retro.has(name) && !(wet && ground.has(name)) ? 1 : 0)),
    upward: weather === 'snow' ? new Float64Array(materials.length).fill(snow) : matt,
    lies,
  }
}
