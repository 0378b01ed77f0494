import { join } from 'node:path'
import { openFilesystemStore, openScratch, type Scratch } from '@virga/adapters'
import type { BlobStore } from '@virga/augmentation'
import type { Catalog } from '@virga/catalog'
import type { MessageBus } from '@virga/orchestration'
import type { BackendConfig } from '../config/backend-config.ts'
import type { Backends } from './backends.ts'
import { checkBackends } from './check-backends.ts'

interface OpenStore {
  readonly store: BlobStore
  readonly scratch: Scratch
}

/** What is opened one by one, and kept while the others are tried again. */
export interface BackendParts {
  catalog(): Promise<Catalog>
  store(): Promise<OpenStore>
  bus(): Promise<MessageBus>
}

/** Openers by the configuration. Adapters are loaded only where they are used: the embedded mode needs no Kafka client. */
export function backendParts(config: BackendConfig, service: string): BackendParts {
  return {
    async catalog() {
      const { openPostgresCatalog, openSqliteCatalog } = await import('@virga/adapters/catalog')
      if (config.catalog.kind === 'sqlite') return openSqliteCatalog(config.catalog.path)
      return openPostgresCatalog(config.catalog.url, { maxConnections: config.catalog.connections })
    },
    async store() {
      if (config.store.kind === 'folder') return openFilesystemStore(config.store.path)
      const { openMinioStore } = await import('@virga/adapters/minio')
      const scratch = await openScratch(join(config.scratchRoot, service))
      try {
        return { store: await openMinioStore({ ...config.store, scratch }), scratch }
      } catch (error) {
        scratch.remove()
        throw error
      }
    },
    async bus() {
      if (config.bus.kind === 'in-process') {
        const { openInProcessBus } = await import('@virga/adapters/in-process')
        return openInProcessBus()
      }
      const { openKafkaBus } = await import('@virga/adapters/kafka')
      return openKafkaBus({ brokers: config.bus.brokers, clientId: `virga-${service}` })
    },
  }
}

/** Opens catalog, store and bus once. @throws what the first of them throws; the others are closed then */
export async function openBackends(config: BackendConfig, service = 'virga'): Promise<Backends> {
  const parts = backendParts(config, service)
  const catalog = await parts.catalog()
  try {
    const opened = await parts.store()
    try {
      return backendsOf(catalog, opened, await parts.bus())
    } catch (error) {
      opened.scratch.remove()
      throw error
    }
  } catch (error) {
    await catalog.close()
    throw error
  }
}

export function backendsOf(catalog: Catalog, { store, scratch }: OpenStore, bus: MessageBus): Backends {
  return {
    catalog,
    store,
    scratch,
    bus,
    check: () => checkBackends({ catalog, store, bus }),
    async close() {
      const closed = await Promise.allSettled([bus.close(), catalog.close()])
      scratch.remove()
      for (const result of closed) if (result.status === 'rejected') throw result.reason
    },
  }
}
