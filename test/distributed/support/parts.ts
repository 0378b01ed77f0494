import type { Stage } from '@virga/contracts'
import { admit, bundleShelf, runRelay, runRequests, runSweeper, runWorker } from '@virga/orchestration'
import { loadConfig, type Part } from '@virga/platform'
import { smallWorkSettings } from './settings.ts'
import { smallWork } from './small-work.ts'

/** The shipped worker loop over the small work. */
export function smallWorker(stages: readonly Stage[]): Part {
  return {
    name: `worker ${stages.join(' ')}`,
    settings: smallWorkSettings,
    async run({ env, opened, worker, signal, telemetry }) {
      const config = loadConfig(smallWorkSettings, env)
      const { catalog, store, bus } = await opened
      await runWorker({
        work: catalog.work,
        bus,
        deadLetters: catalog.deadLetters,
        stages,
        worker,
        concurrency: config.VIRGA_SMALL_CONCURRENCY,
        leaseMs: config.VIRGA_SMALL_LEASE_MS,
        pollMs: config.VIRGA_SMALL_POLL_MS,
        perform: smallWork({ store, worker, taskMs: config.VIRGA_SMALL_TASK_MS }),
        signal,
        onEvent: telemetry.onEvent,
      })
    },
  }
}

export const relay: Part = {
  name: 'relay',
  async run({ opened, signal, telemetry }) {
    const { catalog, bus } = await opened
    await runRelay({ outbox: catalog.outbox, bus, deadLetters: catalog.deadLetters, signal, onEvent: telemetry.onEvent })
  },
}

export const sweeper: Part = {
  name: 'sweeper',
  async run({ opened, signal, telemetry }) {
    const { catalog } = await opened
    await runSweeper({ sweeper: catalog.sweeper, everyMs: 500, signal, onEvent: telemetry.onEvent })
  },
}

/** Requests as the shipped orchestrator admits them, but for the patience of the first task. */
export const requests: Part = {
  name: 'requests',
  async run({ opened, signal, telemetry }) {
    const { catalog, bus } = await opened
    const bundles = bundleShelf()
    const scenarios = { find: (tenant: string, id: string) => catalog.scenarios.get(tenant, id) }
    await runRequests({
      bus,
      augmentations: catalog.augmentations,
      deadLetters: catalog.deadLetters,
      admit: async (tenant, spec) => {
        const admitted = await admit({ scenarios, bundles }, tenant, spec)
        return { ...admitted, tasks: admitted.tasks.map((task) => ({ ...task, maxFailures: 1000 })) }
      },
      signal,
      onEvent: telemetry.onEvent,
    })
  },
}
