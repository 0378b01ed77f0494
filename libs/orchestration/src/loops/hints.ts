import { decodeRecord, type Stage, taskTopics } from '@virga/contracts'
import type { Consumption } from '../ports/message-bus.ts'
import type { Bell } from './bell.ts'
import { buryRecord } from './bury-record.ts'
import { untilDone } from './patience.ts'
import type { WorkerOptions } from './run-worker.ts'

/**
 * What a worker knows of ready tasks without asking the catalog. Each announced task is worth one look, since a look may give tasks of one
 * priority class alone; a look that finds nothing takes all of them back.
 */
export class Hints {
  private readonly expecting = new Map<Stage, number>()
  private readonly consumptions = new Map<Stage, Consumption>()
  private readonly held = new Set<Stage>()
  private readonly opened: Promise<unknown>
  private readonly bell: Bell
  private full = false

  constructor(options: WorkerOptions, bell: Bell) {
    this.bell = bell
    for (const stage of options.stages) this.expecting.set(stage, 0)
    this.opened = Promise.all(options.stages.map((stage) => this.listen(options, stage)))
  }

  expected(stage: Stage): boolean {
    return (this.expecting.get(stage) ?? 0) > 0
  }

  /** Nobody knows how much there is: worth looking until a look finds nothing. */
  lookEverywhere(): void {
    for (const stage of this.expecting.keys()) this.expecting.set(stage, Number.POSITIVE_INFINITY)
  }

  /** Notes what a look gave. One that gave all that it asked for is worth another one. */
  found(stage: Stage, count: number, limit: number): void {
    const left = count === 0 ? 0 : Math.max((this.expecting.get(stage) ?? 0) - count, count === limit ? 1 : 0)
    this.expecting.set(stage, left)
  }

  /** Takes no records while the worker is full, nor afterwards as long as there is something to look for anyway. */
  hold(full: boolean): void {
    this.full = full
    for (const [stage, consumption] of this.consumptions) {
      const topics = [taskTopics[stage].name]
      if (full && !this.held.has(stage)) {
        consumption.pause(topics)
        this.held.add(stage)
      } else if (!full && this.held.has(stage) && !this.expected(stage)) {
        consumption.resume(topics)
        this.held.delete(stage)
      }
    }
  }

  async close(): Promise<void> {
    await this.opened
    await Promise.all([...this.consumptions.values()].map((consumption) => consumption.close().catch(() => undefined)))
  }

  private async listen(options: WorkerOptions, stage: Stage): Promise<void> {
    const { bus, signal, onEvent } = options
    if (bus === undefined) return
    const topic = taskTopics[stage]
    const consumption = await untilDone({ loop: 'worker', signal, onEvent }, () =>
      bus.consume({
        group: `virga.${stage}`,
        topics: [topic.name],
        onRecord: async (record) => {
          const decoded = decodeRecord(topic, record)
          if (decoded.outcome !== 'ok') return buryRecord({ ...options, bus }, record, decoded.error)
          this.expecting.set(stage, (this.expecting.get(stage) ?? 0) + 1)
          this.bell.ring()
        },
      }),
    )
    if (consumption === undefined) return
    this.consumptions.set(stage, consumption)
    this.hold(this.full)
  }
}
