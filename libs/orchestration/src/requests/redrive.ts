import type { DeadLetter, DeadLetters } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { MessageBus } from '../ports/message-bus.ts'

/**
 * Gives a dead letter another chance: a task becomes ready again, the bytes of a record go back to the topic that they came from.
 *
 * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_WRONG_STATE when the augmentation was cancelled; VIRGA_UNAVAILABLE
 */
export function redriveDeadLetter(_ports: { readonly deadLetters: DeadLetters; readonly bus: MessageBus }, id: string): Promise<DeadLetter> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: id }))
}
