import { type Augmentation, AugmentationSchema, create, durationFromMs } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { Look } from '@virga/simulation'
import type { AugmentOptions } from '../commands/augment-options.ts'

/** Options of `virga augment` that only this process can take, by the name of the option. */
const localOnly = {
  solver: '--solver',
  strength: '--strength',
  controls: '--controls',
  weight: '--weight',
  firstFrame: '--first-frame',
  clipFrames: '--clip-frames',
  controlEvery: '--control-every',
  threads: '--threads',
  store: '--store',
  clip: '--clip',
  cameraModel: '--camera-model',
  poses: '--poses',
} as const satisfies Partial<Record<keyof AugmentOptions, string>>

/**
 * Refuses what the API cannot carry.
 *
 * @throws VirgaError VIRGA_USAGE naming the options
 */
export function requireCarried(options: AugmentOptions): void {
  const given: string[] = Object.entries(localOnly).flatMap(([name, flag]) =>
    options[name as keyof typeof localOnly] === undefined ? [] : [flag],
  )
  if (!options.relight) given.push('--no-relight')
  if (!options.detail) given.push('--no-detail')
  if (options.bundle.includes('/') || options.bundle.startsWith('.')) given.push('--bundle with a folder')
  if (given.length === 0) return
  throw new VirgaError('VIRGA_USAGE', `a server cannot be asked for ${given.join(', ')}`, {
    field: 'server',
    expected: 'these options without --server, or a server without them',
  })
}

/** What is asked of the server. Pictures, clips and the like stay out, see `requireCarried`. */
export async function remoteRequest(
  options: AugmentOptions,
  scenario: string,
  cameras: readonly string[],
  looks: readonly Look[],
): Promise<Augmentation> {
  const { seed, prompt, negativePrompt, frames, start, steps, guidance, controlMap } = options
  return create(AugmentationSchema, {
    scenario,
    cameras: [...cameras],
    bundle: `bundles/${options.bundle}`,
    variants: looks.map(({ weather, lighting }) => ({
      recipe: { case: 'look' as const, value: { weather, lighting } },
      seed,
      ...(prompt === undefined ? {} : { prompt }),
      ...(negativePrompt === undefined ? {} : { negativePrompt }),
    })),
    generation: {
      ...(frames === undefined ? {} : { frames }),
      ...(start === undefined ? {} : { startOffset: durationFromMs(start * 1000) }),
      ...(steps === undefined ? {} : { steps }),
      ...(guidance === undefined ? {} : { guidance }),
      ...(controlMap === undefined ? {} : { controlMap: await controlMapText(controlMap) }),
    },
  })
}

/** The name of a control map that comes with Virga, or the text of the file. */
async function controlMapText(nameOrFile: string): Promise<string> {
  const { loadControlMap } = await import('@virga/conditions')
  const loaded = await loadControlMap(nameOrFile) // what is wrong in it is told here, with its place
  if (loaded.specs !== undefined) {
    throw new VirgaError('VIRGA_USAGE', 'a server cannot be given controlnet_specs', { file: nameOrFile, expected: 'a control map' })
  }
  const { readFile, stat } = await import('node:fs/promises')
  const isFile = await stat(nameOrFile).then(
    (found) => found.isFile(),
    () => false,
  )
  return isFile ? readFile(nameOrFile, 'utf8') : nameOrFile
}
