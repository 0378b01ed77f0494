import type { DeadLetters } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import type { MessageBus } from '../ports/message-bus.ts'
import type { CreationPorts } from './create-augmentation.ts'

export interface RequestsOptions extends CreationPorts {
  readonly bus: MessageBus
  readonly deadLetters: DeadLetters
  readonly signal: AbortSignal
  readonly onEvent?: OnEvent
}

/** Reads the topic of requests until the signal fires; what can never be done goes into the dead letters with its reason. */
export function runRequests(options: RequestsOptions): Promise<void> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', `not there yet ${String(options.signal.aborted)}`))
}
