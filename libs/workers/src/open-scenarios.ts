import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BlobStore } from '@virga/augmentation'
import { type ScenarioFiles, scenarioFiles } from '@virga/orchestration'
import type { z } from 'zod'
import { foldersOf, type workerSettings } from './settings.ts'

/** The files of scenarios on this machine: brought from the store once, or read where they lie below an allowed root. */
export function openScenarios(config: z.infer<typeof workerSettings>, store: BlobStore, env: NodeJS.ProcessEnv): ScenarioFiles {
  const home = env.VIRGA_HOME ?? join(homedir(), '.cache', 'virga')
  return scenarioFiles({
    store,
    cacheFolder: resolve(config.VIRGA_SCENARIO_CACHE ?? join(home, 'scenarios')),
    roots: foldersOf(config.VIRGA_SCENARIO_ROOTS),
    maxBytes: config.VIRGA_SCENARIO_CACHE_BYTES,
  })
}
