import type { Catalog } from '@virga/catalog'
import { Gauge, type Registry } from 'prom-client'

/** What a catalog may tell of its queue. */
export interface QueueState {
  readonly stage: string
  readonly state: string
  readonly tasks: number
  /** Age of the oldest, milliseconds. */
  readonly oldestMs: number
}

/** Lag and age of the queue, asked of the catalog when the metrics are read. */
export function watchQueue(registry: Registry, catalog: Catalog & { queue?(): Promise<readonly QueueState[]> }): void {
  if (catalog.queue === undefined) return
  const oldest = new Gauge({
    name: 'virga_queue_oldest_seconds',
    help: 'Age of the oldest task',
    labelNames: ['stage', 'state'],
    registers: [registry],
  })
  new Gauge({
    name: 'virga_queue_tasks',
    help: 'Tasks in the catalog, by stage and state',
    labelNames: ['stage', 'state'],
    registers: [registry],
    async collect() {
      const states = (await catalog.queue?.().catch(() => [])) ?? []
      this.reset()
      oldest.reset()
      for (const { stage, state, tasks, oldestMs } of states) {
        this.set({ stage, state }, tasks)
        oldest.set({ stage, state }, oldestMs / 1000)
      }
    },
  })
}
