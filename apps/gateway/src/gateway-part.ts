import { once } from 'node:events'
import { bundleShelf, type ChangeFeed, openChangeFeed } from '@virga/orchestration'
import { loadBackendConfig, loadConfig, openObjects, type Part, type PartContext, serveGrpc } from '@virga/platform'
import type { GatewayHost } from './gateway-host.ts'
import { registryOf } from './registry.ts'
import { gatewaySettings } from './gateway-settings.ts'
import { augmentations } from './services/augmentations.ts'
import { bundles, presetService } from './services/bundles.ts'
import { deadLetters } from './services/dead-letters.ts'
import { scenarios } from './services/scenarios.ts'
import { tasks } from './services/tasks.ts'
import { variants } from './services/variants.ts'

/** How often grpc.health.v1 is told whether the backends answer. */
const healthEveryMs = 2000
/** What calls get to finish when the service ends; streams end at once. */
const drainMs = 5000

/**
 * The gRPC API as a part of a process: apps/gateway hosts it alone, `virga serve` beside all others. Listens before the backends answer, and
 * says VIRGA_UNAVAILABLE until they do.
 */
export function gatewayPartWith(onListening: (port: number) => void = () => undefined): Part {
  return {
    name: 'gateway',
    settings: gatewaySettings,
    async run(context) {
      const config = loadConfig(gatewaySettings, context.env)
      const buckets = (config.VIRGA_SCENARIO_BUCKETS ?? '').split(',').filter((bucket) => bucket !== '')
      const objects = await openObjects(loadBackendConfig(context.env), buckets)
      const feed = lazyFeed(context)
      const host: GatewayHost = {
        backends: () => context.backends(),
        bundles: bundleShelf(),
        limits: { tasks: config.VIRGA_MAX_TASKS, frames: config.VIRGA_MAX_FRAMES },
        telemetry: context.telemetry,
        feed: feed.get,
        registry: registryOf(context, config, objects),
        upload: { maxBytes: config.VIRGA_MAX_UPLOAD_BYTES, maxFiles: config.VIRGA_MAX_UPLOAD_FILES },
      }
      const implementations = [augmentations, bundles, presetService, deadLetters, scenarios, tasks, variants].map((make) => make(host))
      const server = await serveGrpc({ config, implementations, telemetry: context.telemetry, log: context.log })
      context.log.info({ listen: config.VIRGA_LISTEN, port: server.port, tls: config.VIRGA_TLS_CERT !== undefined }, 'gRPC API listens')
      onListening(server.port)
      const tell = async (): Promise<void> => {
        const opened = await context.opened
        server.serving((await opened.check()).every(({ failure }) => failure === undefined))
        context.beat()
      }
      const timer = setInterval(() => void tell().catch(() => server.serving(false)), healthEveryMs)
      void tell().catch(() => server.serving(false))
      try {
        if (!context.signal.aborted) await once(context.signal, 'abort')
      } finally {
        clearInterval(timer)
        await server.close(drainMs)
        await feed.close()
      }
    },
  }
}

export const gatewayPart: Part = gatewayPartWith()

/** Opens the feed of changes with the backends; watches that begin before look every second instead. */
function lazyFeed({ opened, log }: PartContext): { readonly get: () => ChangeFeed | undefined; readonly close: () => Promise<void> } {
  let feed: ChangeFeed | undefined
  const opening = opened
    .then(async ({ bus }) => (feed = await openChangeFeed(bus)))
    .catch((error: unknown) => {
      log.warn({ error }, 'watches look every second: no feed of changes')
      return undefined
    })
  return { get: () => feed, close: async () => (await opening)?.close() }
}
