import { VirgaError } from '@virga/errors'
import { type Style, styleNamed } from '@virga/rendering'
import type { Camera, Scenario } from '@virga/scenario'

/** Every control that Virga makes. */
export const controls = ['hdmap', 'lidar', 'depth', 'seg', 'edge', 'vis'] as const
export type Control = (typeof controls)[number]

/** Controls that are drawn from the scenario in a style, and the style that each is drawn in unless another is asked for. */
export const renderedControls = { hdmap: 'hdmap-v1', lidar: 'lidar-v1' } as const
export type RenderedControl = keyof typeof renderedControls

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing the controls */
export function parseControl(name: string): Control {
  const control = controls.find((known) => known === name)
  if (control !== undefined) return control
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no control ${name}`, {
    field: 'controls',
    expected: `one or more of: ${controls.join(', ')}`,
  })
}

/**
 * Controls by name; `all` stands for every one that the log and the given videos can give, which is at least one.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME for a name that is none
 */
export function parseControls(
  names: readonly string[],
  scenario: Scenario,
  cameras: readonly Camera[],
  given: readonly { readonly control?: Control }[],
): Control[] {
  if (!names.includes('all')) return names.map(parseControl)
  const hasPictures = given.some(({ control }) => control === undefined) || cameras.every(({ name }) => scenario.images.has(name))
  const hasScene = whyNotDrawn(scenario, 'hdmap') === undefined
  const can: Record<Control, boolean> = {
    hdmap: hasScene,
    lidar: whyNotDrawn(scenario, 'lidar') === undefined,
    depth: hasScene,
    seg: hasScene,
    edge: hasPictures,
    vis: hasPictures,
  }
  const possible = controls.filter((control) => can[control])
  return possible.length > 0 ? possible : ['hdmap']
}

export const isRendered = (control: string): control is RenderedControl => Object.hasOwn(renderedControls, control)

/** The control that a style draws. */
export const controlOf = ({ needs }: Style): RenderedControl => (needs === 'sweeps' ? 'lidar' : 'hdmap')

/**
 * The style of each drawn control among those asked for: the one given for it, else its default.
 *
 * @throws VirgaError VIRGA_USAGE for a style of a control that is not asked for, and for two of one control
 */
export function stylesOf(asked: readonly Control[], given: readonly Style[]): ReadonlyMap<RenderedControl, Style> {
  const styles = new Map<RenderedControl, Style>()
  for (const style of given) {
    const control = controlOf(style)
    const other = styles.get(control)
    if (!asked.includes(control) || other !== undefined) {
      const problem = other === undefined ? `draws ${control}, which is not among the controls` : `and ${other.name} both draw ${control}`
      throw new VirgaError('VIRGA_USAGE', `style ${style.name} ${problem}`, {
        field: 'style',
        expected: `at most one style for each of: ${asked.filter(isRendered).join(', ')}`,
      })
    }
    styles.set(control, style)
  }
  for (const control of asked.filter(isRendered)) if (!styles.has(control)) styles.set(control, styleNamed(renderedControls[control]))
  return styles
}

/** Why the scenario cannot show a drawn control; undefined when it can. */
export function whyNotDrawn(scenario: Scenario, control: RenderedControl): string | undefined {
  switch (control) {
    case 'lidar':
      return scenario.sweeps.length === 0 ? 'the log has no LiDAR sweeps' : undefined
    case 'hdmap':
      return scenario.map.length === 0 && scenario.tracks.length === 0 ? 'the log has neither a map nor tracks' : undefined
  }
}
