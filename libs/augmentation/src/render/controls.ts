import { VirgaError } from '@virga/errors'
import type { ConditionStyleName } from '@virga/rendering'
import type { Scenario } from '@virga/scenario'

/** Controls that are drawn from the scenario, and the style that each is drawn in. */
export const renderedControls = { hdmap: 'hdmap-v1', lidar: 'lidar-v1' } as const satisfies Record<string, ConditionStyleName>
export type RenderedControl = keyof typeof renderedControls

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing the controls */
export function parseRenderedControl(name: string): RenderedControl {
  if (Object.hasOwn(renderedControls, name)) return name as RenderedControl
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no control ${name} to render`, {
    field: 'controls',
    expected: `one or more of: ${Object.keys(renderedControls).join(', ')}`,
  })
}

/** Why the scenario cannot show a control; undefined when it can. */
export function whyNotDrawn(scenario: Scenario, control: RenderedControl): string | undefined {
  switch (control) {
    case 'lidar':
      return scenario.sweeps.length === 0 ? 'the log has no LiDAR sweeps' : undefined
    case 'hdmap':
      return scenario.map.length === 0 && scenario.tracks.length === 0 ? 'the log has neither a map nor tracks' : undefined
  }
}
