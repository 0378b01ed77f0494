import { VirgaError } from '@virga/errors'
import type { Bundle } from '@virga/models'
import { requestedControlMap } from '../tasks/control-map.ts'

/** @throws VirgaError VIRGA_UNKNOWN_NAME, VIRGA_BAD_INPUT for a map that cannot be read or has controls that the bundle does not read */
export async function admitControlMap(text: string, { manifest }: Bundle): Promise<void> {
  const { spec } = await requestedControlMap(text)
  const unknown = Object.keys(spec.controls).find((control) => manifest.controls[control] === undefined)
  if (unknown === undefined) return
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `bundle ${manifest.name} has no control ${unknown}`, {
    field: 'generation.controlMap',
    expected: `one or more of: ${Object.keys(manifest.controls).join(', ')}`,
  })
}
