import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { systemClock } from '@virga/augmentation'
import { type ObjectReader, type RegistryPorts, scenarioFiles } from '@virga/orchestration'
import type { PartContext } from '@virga/platform'
import type { GatewayConfig } from './gateway-settings.ts'

/** What scenarios are registered with, once the backends are open: registering one reads its log, by way of the same cache as the workers'. */
export function registryOf(context: PartContext, config: GatewayConfig, objects: ObjectReader | undefined): () => RegistryPorts {
  const roots = (config.VIRGA_SCENARIO_ROOTS ?? '').split(delimiter).filter((root) => root !== '')
  const home = context.env.VIRGA_HOME
  const base = home === undefined || home === '' ? join(homedir(), '.cache', 'virga') : resolve(home)
  const cacheFolder = config.VIRGA_SCENARIO_CACHE ?? join(base, 'scenarios')
  let ports: RegistryPorts | undefined
  return () => {
    const { catalog, store } = context.backends()
    ports ??= {
      scenarios: catalog.scenarios,
      store,
      clock: systemClock,
      files: scenarioFiles({ store, cacheFolder, roots }),
      ...(objects === undefined ? {} : { objects }),
    }
    return ports
  }
}
