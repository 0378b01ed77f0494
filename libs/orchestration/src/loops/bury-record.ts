import type { DeadLetters } from '@virga/catalog'
import { deadLetterHeaders, deadLettersTopic, headerText } from '@virga/contracts'
import type { VirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import type { MessageBus, ReceivedRecord } from '../ports/message-bus.ts'

/** Header with the record's key in base64: the bytes as they were, whatever they are. */
export const keyHeader = 'virga-dead-key'
/** Values above this are kept in the catalog alone: with its headers the record must pass the broker's limit again. */
const largestCopy = 900_000

export interface BurialPorts {
  readonly deadLetters?: DeadLetters
  readonly bus: MessageBus
  readonly onEvent?: OnEvent
}

/**
 * Puts a record that nothing can be made of into the dead letters, with its raw bytes, the reason and its place: into the catalog, which
 * keeps it once however often it comes, and into the topic for outsiders.
 *
 * @param attempts tries before it was given up, 1 and above
 * @throws VirgaError VIRGA_UNAVAILABLE; the record must come again then
 */
export async function buryRecord(
  { deadLetters, bus, onEvent }: BurialPorts,
  record: ReceivedRecord,
  error: VirgaError,
  { attempts = 1, tenant }: { readonly attempts?: number; readonly tenant?: string } = {},
): Promise<void> {
  const { topic, partition, offset, key, value } = record
  const payload = value ?? new Uint8Array()
  const headers = {
    ...Object.fromEntries(Object.entries(record.headers ?? {}).flatMap(([name, raw]) => [[name, headerText(raw) ?? '']])),
    ...(key === null || key === undefined ? {} : { [keyHeader]: Buffer.from(key).toString('base64') }),
    ...deadLetterHeaders(error, { topic, partition, offset, attempts }),
  }
  const place = `${topic}/${partition}/${offset}`
  await deadLetters?.add({
    ...(tenant === undefined ? {} : { tenant }),
    ...{ record: place, reason: error.code, message: error.message, payload, headers },
  })
  const copy = payload.length > largestCopy ? Buffer.alloc(0) : Buffer.from(payload)
  const cut: Record<string, string> = copy.length < payload.length ? { 'virga-dead-omitted-bytes': String(payload.length) } : {}
  await bus.publish([
    { topic: deadLettersTopic.name, key: Buffer.from(key ?? '').toString(), value: copy, headers: { ...headers, ...cut } },
  ])
  onEvent?.({ kind: 'dead-letter', reason: error.code, message: error.message, ...(tenant === undefined ? {} : { tenant }) })
}
