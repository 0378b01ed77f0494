import { type Control, type GivenVideo, parseControl } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'

/** Controls that a video of the user's own can stand for. */
const takable: readonly Control[] = ['depth', 'seg']

/**
 * Reads `--video [CAMERA=]FILE` and `--input [CAMERA:]CONTROL=FILE`.
 *
 * @throws VirgaError VIRGA_USAGE, VIRGA_UNKNOWN_NAME
 */
export function parseGiven(videos: readonly string[], inputs: readonly string[]): GivenVideo[] {
  return [...videos.map(parseVideo), ...inputs.map(parseInput)]
}

function parseVideo(text: string): GivenVideo {
  const match = /^(?:([\w-]+)=)?(.+)$/.exec(text)
  if (match === null) throw new VirgaError('VIRGA_USAGE', 'an empty name', { field: 'video', expected: 'FILE or CAMERA=FILE' })
  const [, camera, path] = match
  return { path, ...(camera === undefined ? {} : { camera }) }
}

function parseInput(text: string): GivenVideo {
  const match = /^(?:([\w-]+):)?([\w-]+)=(.+)$/.exec(text)
  if (match === null) throw new VirgaError('VIRGA_USAGE', text, { field: 'input', expected: 'CONTROL=FILE or CAMERA:CONTROL=FILE' })
  const [, camera, name, path] = match
  const control = parseControl(name)
  if (!takable.includes(control)) {
    throw new VirgaError('VIRGA_USAGE', `${control} is made by Virga, not taken from a video`, {
      field: 'input',
      expected: `one of: ${takable.join(', ')}`,
    })
  }
  return { path, control, ...(camera === undefined ? {} : { camera }) }
}
