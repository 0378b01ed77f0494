import { availableParallelism } from 'node:os'
import { defaultStoreFolder, openFilesystemStore } from '@virga/adapters'
import { type AugmentHost, type Clock, systemClock } from '@virga/augmentation'
import type { ClipGenerator } from '@virga/models'
import { ProgressView } from '../terminal/progress-view.ts'
import { interruptible } from './interrupt.ts'
import { LazyDevice } from './lazy-device.ts'

export interface OpenedHost extends AugmentHost {
  readonly view: ProgressView
  readonly storeFolder: string
  /** Frees everything and removes unfinished files; call it in `finally`. */
  close(): Promise<void>
}

export interface HostOptions {
  readonly store?: string
  readonly threads?: number
}

/**
 * The embedded host: everything in this process, blobs in a folder. Graphics device and model are opened when a stage needs them.
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL for the store
 */
export async function openHost(options: HostOptions): Promise<OpenedHost> {
  const { store, scratch, root } = await openFilesystemStore(options.store ?? defaultStoreFolder())
  const clock: Clock = systemClock
  const view = new ProgressView(process.stderr, clock)
  const interrupt = interruptible(() =>
    view.message('stopping at the next frame; run the same command again to go on from the finished stages'),
  )
  const device = new LazyDevice()
  const threads = options.threads ?? availableParallelism()
  const { createClipGenerator, usableProviders } = await import('@virga/models')
  let generator: ClipGenerator | undefined
  // A second signal or a crash ends the process without `close`; the folder of unfinished files goes all the same.
  process.on('exit', () => scratch.remove())
  return {
    store,
    clock,
    progress: view,
    signal: interrupt.signal,
    scratch: (suffix) => scratch.path(suffix),
    openDevice: device.open,
    openGenerator: async (bundle) => (generator ??= createClipGenerator(bundle, { threads })),
    execution: { providers: usableProviders(), threads },
    view,
    storeFolder: root,
    close: async () => {
      view.close()
      interrupt.release()
      await generator?.dispose()
      await device.dispose()
      scratch.remove()
    },
  }
}
