import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openFilesystemStore, openScratch, type Scratch } from '@virga/adapters'
import type { BlobStore } from '@virga/augmentation'
import type { Catalog } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { MessageBus } from '@virga/orchestration'
import type { Logger } from '../logging/logger.ts'
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
export function backendParts(config: BackendConfig, service: string, log?: Logger): BackendParts {
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
      const { brokers, tls, sasl } = config.bus
      return openKafkaBus({
        brokers,
        clientId: `virga-${service}`,
        ...(tls === undefined ? {} : { tls: await readAll(tls) }),
        ...(sasl === undefined ? {} : { sasl }),
        ...(log === undefined ? {} : { log: (level, message) => log[level]({ backend: 'bus' }, message) }),
      })
    },
  }
}

/** Opens catalog, store and bus once. @throws what the first of them throws; the others are closed then */
export async function openBackends(config: BackendConfig, service = 'virga', log?: Logger): Promise<Backends> {
  const parts = backendParts(config, service, log)
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

/** The texts of TLS files. @throws VirgaError VIRGA_BAD_INPUT for one that cannot be read */
async function readAll(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const texts = Object.entries(files).map(async ([name, path]) => {
    try {
      return [name, await readFile(path, 'utf8')] as const
    } catch (cause) {
      const field = `VIRGA_BUS_TLS_${name.toUpperCase()}`
      throw new VirgaError('VIRGA_BAD_INPUT', 'a file of TLS cannot be read', { file: path, field, expected: 'PEM' }, { cause })
    }
  })
  return Object.fromEntries(await Promise.all(texts))
}
