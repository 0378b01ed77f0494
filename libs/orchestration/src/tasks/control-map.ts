import { controlMapPresets, loadControlMap, type LoadedControlMap, parseControlMap } from '@virga/conditions'
import { VirgaError } from '@virga/errors'

/** A folder that holds nothing: documents of requests cannot name files. */
const nowhere = '/dev/null'
const field = 'generation.controlMap'

/**
 * The control map of a request: the name of one that comes with Virga, or a document of schema virga.control-map/1 (JSON or YAML). It comes
 * from outside, so it may not name files of this machine.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME, VIRGA_BAD_INPUT
 */
export async function requestedControlMap(text: string): Promise<LoadedControlMap> {
  if (controlMapPresets().includes(text)) return loadControlMap(text)
  if (!text.includes('\n') && !text.trimStart().startsWith('{'))
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `no control map ${text.slice(0, 100)}`, {
      field,
      expected: `a document, or one of: ${controlMapPresets().join(', ')}`,
    })
  const loaded = await parseControlMap(text, 'control map of the request', nowhere)
  if (loaded.specs !== undefined || namesFile(loaded.spec))
    throw new VirgaError('VIRGA_BAD_INPUT', 'the control map names files', {
      field,
      expected: 'classes, objects, tracks, distances and numbers: files of other machines cannot be read',
    })
  return loaded
}

/** Whether there is a key anywhere under which the language has files. */
function namesFile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, below]) => ['file', 'tensor', 'labelled'].includes(key) || namesFile(below))
}
