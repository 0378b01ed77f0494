import type { DeadLetters, Outbox, OutboxEntry } from '@virga/catalog'
import type { OutgoingRecord } from '@virga/contracts'
import { isVirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import type { MessageBus } from '../ports/message-bus.ts'
import { backOffMs, keepTurning, pause } from './patience.ts'
import { recordOf } from './record-of-note.ts'

export interface RelayOptions {
  readonly outbox: Outbox
  readonly bus: MessageBus
  /** Keeps notes that no record can hold; there should be none. */
  readonly deadLetters: DeadLetters
  /** `ce_source` of the events; default "/virga/orchestrator". */
  readonly source?: string
  /** Longest wait between looks while there is nothing to do; default 100 ms. */
  readonly idleMs?: number
  readonly signal: AbortSignal
  readonly onEvent?: OnEvent
}

const limit = 1000
/** Entries that were taken are this relay's own for so long; after that another one may publish them. */
const holdMs = 30_000
/** Shortest wait between looks, so that notes are published in batches. */
const shortestMs = 10

/**
 * Publishes the notes of the outbox until the signal fires: at least once, in their order. While the broker is away the batch in hand is
 * tried again as long as it is held; nothing is forgotten before the broker has it.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { outbox, idleMs = 100, signal, onEvent } = options
  let idle = shortestMs
  await keepTurning({ loop: 'relay', signal, onEvent }, async () => {
    const entries = await outbox.take({ limit, holdMs })
    const [oldest] = entries
    if (oldest === undefined) return (idle = Math.min(idle * 1.5, idleMs))
    const heldUntil = Date.now() + holdMs * 0.7
    await patiently(options, heldUntil, async () => options.bus.publish(await recordsOf(options, entries)))
    await patiently(options, heldUntil, () => outbox.published([...new Set(entries.map(({ seq }) => seq))]))
    onEvent?.({ kind: 'relayed', count: entries.length, oldestMs: Math.max(Date.now() - oldest.createdAt, 0) })
    idle = shortestMs
    return entries.length >= limit ? 0 : shortestMs
  })
}

async function recordsOf(options: RelayOptions, entries: readonly OutboxEntry[]): Promise<OutgoingRecord[]> {
  const { source = '/virga/orchestrator' } = options
  const records: OutgoingRecord[] = []
  const indexes = new Map<number, number>()
  for (const entry of entries) {
    const index = indexes.get(entry.seq) ?? 0
    indexes.set(entry.seq, index + 1)
    try {
      records.push(recordOf(entry, index, source))
    } catch (error) {
      if (!isVirgaError(error)) throw error
      const { code: reason, message } = error
      const payload = Buffer.from(JSON.stringify(entry.note))
      const { tenant } = entry.note
      await options.deadLetters.add({ tenant, record: `outbox/${entry.seq}/${index}`, reason, message, payload, headers: {} })
      options.onEvent?.({ kind: 'dead-letter', reason, message, tenant })
    }
  }
  return records
}

/** @throws what `work` throws once the batch is about to become another's */
async function patiently({ signal, onEvent }: RelayOptions, until: number, work: () => Promise<void>): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      const waitMs = Math.min(backOffMs(failures), 2000)
      if (signal.aborted || Date.now() + waitMs > until) throw error
      onEvent?.({ kind: 'trouble', loop: 'relay', error, waitMs })
      await pause(waitMs, signal)
    }
  }
}
