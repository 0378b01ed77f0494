import type { Style } from '../style.ts'
import type { SolidDescription } from './description.ts'
import { SolidCondition } from './solid-condition.ts'

/** A style from its description: solid shapes in a depth buffer, tapered lines, dashes, filled boxes, four samples a pixel. */
export function solidStyle(description: SolidDescription): Style {
  const { name, title, defaultChain } = description
  return {
    name,
    title,
    defaultChain,
    needs: 'map-or-tracks',
    open: (gpu, scenario, camera) => new SolidCondition(gpu, scenario, camera, description),
  }
}
