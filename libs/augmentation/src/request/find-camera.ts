import { VirgaError } from '@virga/errors'
import type { Camera, Scenario } from '@virga/scenario'

/**
 * A camera by name.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when the log has no calibration, VIRGA_UNKNOWN_NAME listing the cameras that there are
 */
export function findCamera(scenario: Scenario, name: string): Camera {
  const { cameras } = scenario.rig
  if (cameras.length === 0) {
    const reason = scenario.missing.find(({ part }) => part === 'calibration')?.detail
    throw new VirgaError('VIRGA_BAD_INPUT', `the log has no camera calibration${reason === undefined ? '' : `: ${reason}`}`, {
      file: scenario.origin.uri,
      expected: 'calibrated cameras, which rendering needs',
    })
  }
  const camera = cameras.find((candidate) => candidate.name === name)
  if (camera !== undefined) return camera
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no camera ${name} in ${scenario.id}`, {
    expected: `one of: ${cameras.map((candidate) => candidate.name).join(', ')}`,
  })
}

/** Cameras by name, `all` for every one of them. @throws as `findCamera` does */
export function findCameras(scenario: Scenario, names: readonly string[]): readonly Camera[] {
  const isAll = names.includes('all') && !scenario.rig.cameras.some(({ name }) => name === 'all')
  return isAll && scenario.rig.cameras.length > 0 ? scenario.rig.cameras : names.map((name) => findCamera(scenario, name))
}
