import { fileURLToPath } from 'node:url'
import { VirgaError } from '@virga/errors'
import type { ScenarioSource } from './source.ts'

/** Where a scenario that is registered comes from. */
export type ScenarioOrigin =
  | Extract<ScenarioSource, { readonly kind: 'simulation' | 'folder' }>
  | { readonly kind: 'objects'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'upload' }

const forms = 'simulation://SEED?width=W&height=H, file:///folder, s3://bucket/prefix/'

/**
 * Reads a scenario's URI.
 *
 * @throws VirgaError VIRGA_USAGE naming the field `uri` and the forms that there are
 */
export function parseScenarioUri(uri: string): ScenarioOrigin {
  const refuse = (message: string, expected = forms): never => {
    throw new VirgaError('VIRGA_USAGE', message, { file: uri, field: 'uri', expected })
  }
  if (!URL.canParse(uri)) return refuse('no URI')
  const url = new URL(uri)
  switch (url.protocol) {
    case 'simulation:':
      return simulation(url, refuse)
    case 'file:':
      if (url.host !== '') return refuse(`a file on host ${url.host}`, 'file:/// and the path')
      try {
        return { kind: 'folder', path: fileURLToPath(url) }
      } catch {
        return refuse('no path', 'file:/// and the path')
      }
    case 's3:': {
      const prefix = decodeURIComponent(url.pathname.slice(1))
      if (url.hostname === '' || prefix === '') return refuse('no bucket or no prefix', 's3://bucket/prefix/')
      return { kind: 'objects', bucket: url.hostname, prefix: prefix.endsWith('/') ? prefix : `${prefix}/` }
    }
    case 'upload:':
      return { kind: 'upload' }
    default:
      return refuse(`scheme ${url.protocol}`)
  }
}

function simulation(url: URL, refuse: (message: string, expected?: string) => never): ScenarioOrigin {
  const number = (text: string, field: string, low: number, high: number): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    return value >= low && value <= high ? value : refuse(`${field} ${text}`, `${field} from ${low} to ${high}`)
  }
  for (const name of url.searchParams.keys()) if (name !== 'width' && name !== 'height') refuse(`parameter ${name}`, 'width and height')
  const seed = number(url.hostname, 'seed', 0, 2 ** 32 - 1)
  const [width, height] = [url.searchParams.get('width'), url.searchParams.get('height')]
  if (width === null && height === null) return { kind: 'simulation', seed }
  const size = { width: number(width ?? '', 'width', 16, 8192), height: number(height ?? '', 'height', 16, 8192) }
  return { kind: 'simulation', seed, size }
}

/** What a worker opens for a registered scenario: its files in the store where there is a list of them. */
export function sourceOf({
  uri,
  manifest,
}: {
  readonly uri: string
  readonly manifest?: { sha256: string; size: number }
}): ScenarioSource {
  if (manifest !== undefined) return { kind: 'files', manifest }
  const origin = parseScenarioUri(uri)
  if (origin.kind === 'simulation' || origin.kind === 'folder') return origin
  throw new VirgaError('VIRGA_WRONG_STATE', 'the files of the scenario are not in the store', { file: uri, field: 'scenario' })
}
