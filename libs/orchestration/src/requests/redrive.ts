import type { DeadLetter, DeadLetters } from '@virga/catalog'
import { deadLetterIn } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { keyHeader } from '../loops/bury-record.ts'
import type { MessageBus } from '../ports/message-bus.ts'

/**
 * Gives a dead letter another chance: a task becomes ready again, the bytes of a record go back to the topic that they came from. The
 * record is written before the letter is marked, so that a crash between the two leaves a letter that can be redriven again; writing a
 * request twice makes one augmentation.
 *
 * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_WRONG_STATE when the augmentation was cancelled or the letter does not say where it came from;
 *   VIRGA_UNAVAILABLE
 */
export async function redriveDeadLetter(
  { deadLetters, bus }: { readonly deadLetters: DeadLetters; readonly bus: MessageBus },
  id: string,
): Promise<DeadLetter> {
  const letter = await deadLetters.get(id)
  if (letter === undefined) throw new VirgaError('VIRGA_NOT_FOUND', `no dead letter ${id}`, { field: 'name' })
  if (letter.record === undefined || letter.redrivenAt !== undefined) return deadLetters.redrive(id)
  const source = deadLetterIn(letter.headers)
  if (source === undefined) {
    const expected = 'a dead task, or a record of a topic'
    throw new VirgaError('VIRGA_WRONG_STATE', `dead letter ${id} does not say which topic it came from`, { field: 'name', expected })
  }
  const headers = Object.fromEntries(Object.entries(letter.headers).filter(([name]) => !name.startsWith('virga-dead-')))
  const key = Buffer.from(letter.headers[keyHeader] ?? '', 'base64').toString()
  await bus.publish([{ topic: source.topic, key, value: Buffer.from(letter.payload), headers }])
  return deadLetters.redrive(id)
}
