import { join } from 'node:path'
import { openFilesystemStore } from '@virga/adapters'
import { type AugmentHost, type Progress, systemClock } from '@virga/augmentation'
import { type Bundle, type ClipGenerator, createClipGenerator, usableProviders } from '@virga/models'
import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { cacheRoot } from './plan.ts'

/** What `virga augment` runs on, with its store in the evaluation's own cache. */
export interface HeldOutHost extends AugmentHost {
  close(): Promise<void>
}

export async function openHost(threads: number, note: (message: string) => void, folder = join(cacheRoot, 'store')): Promise<HeldOutHost> {
  const { store, scratch } = await openFilesystemStore(folder)
  let device: Promise<RenderDevice> | undefined
  const generators = new Map<string, ClipGenerator>()
  const progress: Progress = {
    report: (event) => {
      if (event.kind === 'note') note(event.message)
    },
  }
  const generatorOf = (bundle: Bundle): ClipGenerator => {
    const generator = generators.get(bundle.digest) ?? createClipGenerator(bundle, { threads })
    generators.set(bundle.digest, generator)
    return generator
  }
  return {
    store,
    clock: systemClock,
    progress,
    scratch: (suffix) => scratch.path(suffix),
    openDevice: () => (device ??= openRenderDevice()),
    openGenerator: (bundle) => Promise.resolve(generatorOf(bundle)),
    execution: { providers: usableProviders(), threads },
    close: async () => {
      for (const generator of generators.values()) await generator.dispose()
      ;(await device?.catch(() => undefined))?.dispose()
      scratch.remove()
    },
  }
}
