import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFilesystemStore } from '@virga/adapters'
import { openSqliteCatalog } from '@virga/adapters/catalog'
import { type BlobStore, type ProgressEvent, systemClock } from '@virga/augmentation'
import { type Catalog, type ClaimedTask, runClaimed, type RunOutcome } from '@virga/catalog'
import { createClipGenerator, usableProviders } from '@virga/models'
import { bundleShelf, finishedVariants, performTask, scenarioFiles, type TaskHost } from '@virga/orchestration'
import { openRenderDevice } from '@virga/rendering'
import { writeTinyBundle } from '../../libs/models/test/tiny-bundle.ts'
import { workspace } from '../virga.ts'

/** A real bundle of a few operators that relights and paints with the weights of the reference. */
export function tinyBundle(): string {
  const reference = join(workspace, 'libs', 'relight', 'test', 'reference')
  const { relight } = JSON.parse(readFileSync(join(reference, 'manifest.json'), 'utf8')) as { relight: Record<string, unknown> }
  const dir = writeTinyBundle({
    change: (manifest) => ({
      ...manifest,
      relight,
      base: { ...manifest.base, withoutVideo: 'paint' },
      defaults: { ...manifest.defaults, steps: 1 },
    }),
  })
  copyFileSync(join(reference, 'relight.safetensors'), join(dir, 'relight.safetensors'))
  return dir
}

/** A process of the service: its own handles to catalog, store and files. */
export interface TinyProcess {
  readonly catalog: Catalog
  readonly store: BlobStore
  readonly host: TaskHost
  readonly events: ProgressEvent[]
  /** Claims one task of a stage under a lease of so long. */
  claim(stage: ClaimedTask['stage'], leaseMs?: number): Promise<ClaimedTask | undefined>
  /** Claims one task of a stage and does it; undefined when there is none. */
  work(stage: ClaimedTask['stage'], options?: { handBack?: AbortSignal }): Promise<RunOutcome | undefined>
  close(): Promise<void>
}

export async function tinyProcess(root: string, bundle: string, roots: readonly string[] = []): Promise<TinyProcess> {
  const catalog = await openSqliteCatalog(join(root, 'catalog.sqlite'))
  const { store, scratch } = await openFilesystemStore(join(root, 'store'))
  const closing: (() => Promise<unknown> | void)[] = [() => scratch.remove()]
  const events: ProgressEvent[] = []
  let device: ReturnType<typeof openRenderDevice> | undefined
  const host: TaskHost = {
    store,
    clock: systemClock,
    scratch: (suffix) => scratch.path(suffix),
    openDevice: () => {
      device ??= openRenderDevice().then((opened) => {
        closing.push(() => opened.dispose())
        return opened
      })
      return device
    },
    openGenerator: async (opened) => {
      const generator = createClipGenerator(opened, { threads: 1 })
      closing.push(() => generator.dispose())
      return generator
    },
    execution: { providers: usableProviders(), threads: 1 },
    scenarios: scenarioFiles({ store, cacheFolder: join(root, 'scenarios'), roots }),
    bundles: bundleShelf([bundle]),
    finished: finishedVariants(catalog.augmentations),
  }
  const claim = async (stage: ClaimedTask['stage'], leaseMs = 60_000) =>
    (await catalog.work.claim({ stage, worker: `tiny-${process.pid}`, leaseMs })).at(0)
  return {
    catalog,
    store,
    host,
    events,
    claim,
    work: async (stage, options) => {
      const task = await claim(stage)
      if (task === undefined) return undefined
      const progress = { report: (event: ProgressEvent) => void events.push(event) }
      return runClaimed(catalog.work, task, (claimed, signal) => performTask(host, claimed, { signal, progress }), options)
    },
    close: async () => {
      for (const step of closing) await step()
      await catalog.close()
    },
  }
}

export function temporaryRoot(): { readonly root: string; readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'virga-tasks-'))
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
