import type { DeadLetters, Outbox } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import type { MessageBus } from '../ports/message-bus.ts'

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

/** Publishes the notes of the outbox until the signal fires: at least once, in their order. */
export function runRelay(options: RelayOptions): Promise<void> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: options.source }))
}
