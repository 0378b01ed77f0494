import { admit, bundleShelf, runRelay, runRequests, runSweeper } from '@virga/orchestration'
import { loadConfig, type Part } from '@virga/platform'
import { admissionSettings } from './settings.ts'

/** Publishes what the catalog noted: hints of work, and events. */
export const relayPart: Part = {
  name: 'relay',
  async run({ opened, signal, telemetry }) {
    const { catalog, bus } = await opened
    await runRelay({ outbox: catalog.outbox, deadLetters: catalog.deadLetters, bus, signal, onEvent: telemetry.onEvent })
  },
}

/** Leases that ran out, back-offs that are over, deadlines. */
export const sweeperPart: Part = {
  name: 'sweeper',
  async run({ opened, signal, telemetry }) {
    const { catalog } = await opened
    await runSweeper({ sweeper: catalog.sweeper, signal, onEvent: telemetry.onEvent })
  },
}

/** Reads the topic of requests. */
export const requestsPart: Part = {
  name: 'requests',
  settings: admissionSettings,
  async run({ env, opened, signal, telemetry }) {
    const { VIRGA_MAX_TASKS: tasks, VIRGA_MAX_FRAMES: frames } = loadConfig(admissionSettings, env)
    const { catalog, bus } = await opened
    const ports = {
      scenarios: { find: (tenant: string, id: string) => catalog.scenarios.get(tenant, id) },
      bundles: bundleShelf(),
      limits: { tasks, frames },
    }
    await runRequests({
      bus,
      augmentations: catalog.augmentations,
      deadLetters: catalog.deadLetters,
      admit: (tenant, spec) => admit(ports, tenant, spec),
      signal,
      onEvent: telemetry.onEvent,
    })
  },
}
