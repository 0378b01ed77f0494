import { type Progress, systemClock } from '@virga/augmentation'
import type { Stage } from '@virga/contracts'
import { bundleShelf, finishedVariants, performTask, runWorker, type TaskHost } from '@virga/orchestration'
import { loadConfig, type Logger, type Part, tracedPerform } from '@virga/platform'
import { Machinery } from './machinery.ts'
import { openScenarios } from './open-scenarios.ts'
import { workerSettings } from './settings.ts'

/** A worker for some stages, as a part of a service. */
export function workerPart(name: string, stages: readonly Stage[]): Part {
  return {
    name,
    settings: workerSettings,
    async run({ env, worker, log, telemetry, signal, opened }) {
      const config = loadConfig(workerSettings, env)
      const { catalog, store, bus, scratch } = await opened
      const machinery = new Machinery(config.VIRGA_THREADS)
      const host: TaskHost = {
        store,
        clock: systemClock,
        scratch: (suffix) => scratch.path(suffix),
        openDevice: machinery.openDevice,
        openGenerator: machinery.openGenerator,
        execution: machinery.execution,
        scenarios: openScenarios(config, store, env),
        bundles: bundleShelf(),
        finished: finishedVariants(catalog.augmentations),
      }
      try {
        await runWorker({
          work: catalog.work,
          bus,
          deadLetters: catalog.deadLetters,
          stages,
          worker: `${worker}-${name}`,
          concurrency: config.VIRGA_CONCURRENCY,
          leaseMs: config.VIRGA_LEASE_MS,
          pollMs: config.VIRGA_POLL_MS,
          perform: tracedPerform(telemetry, loggedProgress(log), (task, context) =>
            machinery.during(() => performTask(host, task, context)),
          ),
          signal,
          onEvent: telemetry.onEvent,
        })
      } finally {
        await machinery.dispose()
      }
    },
  }
}

/** Stages as lines of the log: what was made and reused, notes; the steps between are seen in traces. */
function loggedProgress(log: Logger): Progress {
  return {
    report(event) {
      if (event.kind === 'stage-finished') log.debug({ stage: event.stage, reused: event.reused }, 'stage finished')
      else if (event.kind === 'note') log.info(event.message)
    },
  }
}
