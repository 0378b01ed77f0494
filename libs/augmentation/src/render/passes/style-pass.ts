import { type Chain, type RenderDevice, renderRig, type Style } from '@virga/rendering'
import type { Micros, Scenario } from '@virga/scenario'
import type { ControlPass, RenderView } from '../control-pass.ts'

export interface StylePassRequest {
  readonly scenario: Scenario
  readonly control: string
  readonly style: Style
  /** SHA-256 of the file that the style comes from. */
  readonly file?: string
  readonly views: readonly RenderView[]
  readonly timesUs: readonly Micros[]
  /** How each view's size comes about. */
  readonly chains: readonly Chain[]
  openDevice(): Promise<RenderDevice>
}

/** A control that is drawn in a style: all cameras from one upload of the scenario. */
export function stylePass(request: StylePassRequest): ControlPass {
  const { scenario, control, style, file, views, timesUs, chains } = request
  return {
    controls: [control],
    made: { [control]: `style ${style.name}${file === undefined ? '' : ` of file ${file}`}` },
    pictures: async function* ({ first, count }, active) {
      // A rig is drawn in one chain; cameras of another shape are drawn after it.
      for (const chain of new Set(active.map((view) => chains[view]))) {
        const group = active.filter((view) => chains[view] === chain)
        const rig = { views: group.map((view) => views[view]), style, chain, timesUs: timesUs.slice(first, first + count) }
        for await (const { view, image } of renderRig(() => request.openDevice(), scenario, rig))
          yield { view: group[view], control, image }
      }
    },
  }
}
