import type { Style } from '../style.ts'
import type { FlatDescription } from './description.ts'
import { FlatCondition } from './flat-condition.ts'

/** A style from its description: lines, hulls and wireframes of constant pixel sizes, merged layer by layer. */
export function flatStyle(description: FlatDescription): Style {
  const { name, title, defaultChain } = description
  return {
    name,
    title,
    defaultChain,
    needs: 'map-or-tracks',
    device: 'unused',
    open: (_gpu, scenario, camera) => new FlatCondition(scenario, camera, description),
  }
}
