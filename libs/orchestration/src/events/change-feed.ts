import { randomUUID } from 'node:crypto'
import { decodeRecord, eventsTopic } from '@virga/contracts'
import type { MessageBus } from '../ports/message-bus.ts'

/** Tells those who wait that an augmentation has changed. A hint: the catalog says what. */
export interface ChangeFeed {
  /** Resolves at the next change of the augmentation, after `ms`, or when the signal fires. */
  changed(augmentation: string, ms: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/**
 * Reads the events topic from now on, in a group of its own; one for each process that watches.
 *
 * @throws VirgaError VIRGA_UNAVAILABLE
 */
export async function openChangeFeed(bus: MessageBus): Promise<ChangeFeed> {
  const waiting = new Map<string, Set<() => void>>()
  const consumption = await bus.consume({
    group: `virga.watch.${randomUUID()}`,
    topics: [eventsTopic.name],
    from: 'latest',
    onRecord: async (record) => {
      const event = decodeRecord(eventsTopic, record)
      if (event.outcome !== 'ok') return
      for (const wake of waiting.get(event.value.augmentation.slice('augmentations/'.length)) ?? []) wake()
    },
  })
  return {
    changed: (augmentation, ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted === true) return resolve()
        const own = waiting.get(augmentation) ?? new Set()
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          own.delete(done)
          if (own.size === 0) waiting.delete(augmentation)
          resolve()
        }
        const timer = setTimeout(done, ms)
        signal?.addEventListener('abort', done)
        own.add(done)
        waiting.set(augmentation, own)
      }),
    close: async () => {
      await consumption.close()
      for (const wakes of waiting.values()) for (const wake of wakes) wake()
    },
  }
}
