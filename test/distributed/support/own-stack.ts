import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { applyTopics } from '@virga/adapters/kafka'
import { applyStorage } from '@virga/adapters/minio'
import { openPostgresCatalog } from '@virga/adapters/catalog'
import { type Backends, loadBackendConfig, openBackends } from '@virga/platform'
import { type Stack, startStack } from '../../../deploy/local/stack.ts'
import { eventually } from './eventually.ts'
import { Supervised } from './supervised.ts'

/** Real servers of a test's own, so that it may kill them, and the services that run on them. */
export interface OwnStack {
  readonly folder: string
  readonly servers: Pick<Stack, 'kafka' | 'minio' | 'postgres'>
  /** What services need to find the servers. */
  readonly env: Readonly<Record<string, string>>
  /** A service of test/distributed/support, such as "worker.ts"; a path with a slash is taken from the root of the workspace. */
  service(name: string, file: string, env?: Readonly<Record<string, string>>, preload?: string): Supervised
  /** The three ports from this process. */
  open(): Promise<Backends>
  /** Kills the services and stops the servers. */
  stop(): Promise<void>
}

const workspace = join(import.meta.dirname, '..', '..', '..')

/** @param folder where data and logs go. @throws as startStack */
export async function ownStack(folder: string, log?: (line: string) => void): Promise<OwnStack> {
  await mkdir(folder, { recursive: true })
  const stack = await startStack({ folder, ...(log === undefined ? {} : { log }) })
  const env = {
    ...stack.env,
    VIRGA_SCRATCH: join(folder, 'scratch'),
    VIRGA_HOME: join(folder, 'home'),
    VIRGA_CATALOG_CONNECTIONS: '6',
    VIRGA_SHUTDOWN_MS: '5000',
  }
  const services: Supervised[] = []
  try {
    await prepare(env)
  } catch (error) {
    await stack.stop()
    throw error
  }
  return {
    folder,
    servers: stack,
    env,
    service(name, file, more = {}, preload) {
      const path = file.includes('/') ? join(workspace, file) : join(import.meta.dirname, file)
      if (!existsSync(path)) throw new Error(`no ${path}`)
      const options = { name, file: path, env: { ...env, ...more }, folder: join(folder, 'logs') }
      const service = new Supervised(preload === undefined ? options : { ...options, preload: join(import.meta.dirname, preload) })
      services.push(service)
      return service
    },
    open: () => openBackends(loadBackendConfig(env), 'audit'),
    async stop() {
      await Promise.all(services.map((service) => service.kill()))
      await stack.stop()
    },
  }
}

/** Bucket, topics and tables, as `virga storage apply` and `virga topics apply` make them. */
async function prepare(env: Readonly<Record<string, string>>): Promise<void> {
  const { store, bus, catalog } = loadBackendConfig(env)
  if (bus.kind === 'kafka') await applyTopics({ brokers: [...bus.brokers] })
  if (store.kind === 's3') await applyStorage(store)
  if (catalog.kind === 'postgres') {
    const opened = await eventually('the catalog opens', () => openPostgresCatalog(catalog.url, { maxConnections: 1 }))
    await opened.close()
  }
}
