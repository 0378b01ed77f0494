import { whole } from '@virga/platform'
import { z } from 'zod'

/** What the processes of these tests read, beside the settings of every service. */
export const smallWorkSettings = z.object({
  VIRGA_SMALL_TASK_MS: whole('how long a task of the small work takes, milliseconds', { min: 0, max: 600_000, default: 50 }),
  VIRGA_SMALL_LEASE_MS: whole('lease of a task, milliseconds', { min: 100, max: 600_000, default: 3000 }),
  VIRGA_SMALL_POLL_MS: whole('how often a worker looks without a hint, milliseconds', { min: 50, max: 600_000, default: 500 }),
  VIRGA_SMALL_CONCURRENCY: whole('tasks at once', { min: 1, max: 64, default: 4 }),
})
