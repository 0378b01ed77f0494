import { VirgaError } from '@virga/errors'
import type { Style } from '../style.ts'
import { hdmapV1 } from './hdmap-v1.ts'
import { lidarV1 } from './lidar-v1.ts'
import { worldScenarioV3 } from './world-scenario-v3.ts'
import { worldScenarioV3T25 } from './world-scenario-v3-t25.ts'

/** Every style that is known by name; one line each. */
export const styles: readonly Style[] = [hdmapV1, lidarV1, worldScenarioV3, worldScenarioV3T25]

export const styleNames: readonly string[] = styles.map(({ name }) => name)

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing the names */
export function styleNamed(name: string): Style {
  const style = styles.find((known) => known.name === name)
  if (style !== undefined) return style
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no condition style ${name}`, { field: 'style', expected: `one of: ${styleNames.join(', ')}` })
}
