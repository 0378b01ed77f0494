import { availableParallelism } from 'node:os'
import { delimiter } from 'node:path'
import { z } from 'zod'
import { setting, whole } from '@virga/platform'

/** What admission reads, wherever augmentations are made. */
export const admissionSettings = z.object({
  VIRGA_MAX_TASKS: whole('most tasks of one augmentation', { min: 1, max: 100_000, default: 10_000 }),
  VIRGA_MAX_FRAMES: whole('most frames of one variant', { min: 1, max: 1_000_000, default: 10_000 }),
})

/** What a worker reads. */
export const workerSettings = z.object({
  VIRGA_CONCURRENCY: whole('tasks that a worker does at once', { min: 1, max: 256, default: 1 }),
  VIRGA_LEASE_MS: whole('how long a task may be held without a sign of life, milliseconds', { min: 1000, max: 3_600_000, default: 30_000 }),
  VIRGA_POLL_MS: whole('how often is looked for work without a hint, milliseconds', { min: 50, max: 600_000, default: 5000 }),
  VIRGA_THREADS: whole('threads of the model; part of what a result is known by', { min: 1, max: 1024, default: availableParallelism() }),
  VIRGA_SCENARIO_ROOTS: setting(z.string().optional(), {
    about: 'folders below which `file:///` scenarios may lie, on this machine and on those of the workers',
    expected: 'absolute paths divided by ":"',
    defaultText: 'none: such scenarios are refused',
  }),
  VIRGA_SCENARIO_CACHE: setting(z.string().optional(), {
    about: 'folder for the files of scenarios',
    expected: 'a path',
    defaultText: '`scenarios` below `$VIRGA_HOME`, else `~/.cache/virga`',
  }),
  VIRGA_SCENARIO_CACHE_BYTES: whole('size above which scenarios that are not in use are removed', {
    min: 0,
    max: 2 ** 50,
    default: 50 * 2 ** 30,
  }),
})

/** Folders of a search path. */
export const foldersOf = (path: string | undefined): string[] => path?.split(delimiter).filter((folder) => folder !== '') ?? []
