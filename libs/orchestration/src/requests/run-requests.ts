import type { DeadLetters } from '@virga/catalog'
import { decodeRecord, requestsTopic, type RequestValue, traceIn } from '@virga/contracts'
import { isVirgaError, retryClassOf, VirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import { buryRecord } from '../loops/bury-record.ts'
import { jittered, keepTurning, untilDone } from '../loops/patience.ts'
import type { MessageBus, ReceivedRecord } from '../ports/message-bus.ts'
import { createAugmentation, type CreationPorts } from './create-augmentation.ts'

export interface RequestsOptions extends CreationPorts {
  readonly bus: MessageBus
  readonly deadLetters: DeadLetters
  readonly signal: AbortSignal
  readonly onEvent?: OnEvent
}

/** Tries of a record whose failure is most likely a defect. */
const defectTries = 3

/**
 * Reads the topic of requests until the signal fires. A record is committed once its augmentation is in the catalog, or the record in the
 * dead letters with its reason; one that comes twice finds the augmentation of the first time.
 *
 * While catalog or broker are away the record is not committed and comes again: what keeps one request from being taken keeps all of them,
 * so the partition may as well wait, and no record is overtaken. That is why the topic for retries stays empty.
 */
export async function runRequests(options: RequestsOptions): Promise<void> {
  const { bus, signal, onEvent } = options
  const patience = { loop: 'requests' as const, signal, onEvent }
  const tries = new Map<string, number>()
  const consumption = await untilDone(patience, () =>
    bus.consume({
      group: 'virga.requests',
      topics: [requestsTopic.name],
      onRecord: async (record) => {
        const place = `${record.partition}/${record.offset}`
        try {
          await takeRecord(options, record, tries.get(place) ?? 0)
          tries.delete(place)
          onEvent?.({ kind: 'beat', loop: 'requests' })
        } catch (error) {
          tries.set(place, (tries.get(place) ?? 0) + 1)
          onEvent?.({ kind: 'trouble', loop: 'requests', error, waitMs: 0 })
          throw error
        }
      },
    }),
  )
  await keepTurning(patience, async () => jittered(5000))
  await consumption?.close()
}

async function takeRecord(options: RequestsOptions, record: ReceivedRecord, triesBefore: number): Promise<void> {
  const { onEvent } = options
  const decoded = decodeRecord(requestsTopic, record)
  const trace = traceIn(record.headers ?? {})
  const tell = (outcome: 'created' | 'existing' | 'dead', tenant?: string) =>
    onEvent?.({
      kind: 'request',
      outcome,
      ...(tenant === undefined ? {} : { tenant }),
      ...(trace.traceparent === undefined ? {} : { trace }),
    })
  if (decoded.outcome !== 'ok') {
    await buryRecord(options, record, decoded.error, { attempts: triesBefore + 1 })
    return tell('dead')
  }
  const { tenant } = decoded.value
  try {
    const { created } = await createAugmentation(options, { tenant, trace }, requestOf(decoded.value))
    tell(created ? 'created' : 'existing', tenant)
  } catch (error) {
    const kind = retryClassOf(error)
    if (kind === 'soon' || kind === 'later' || (kind === 'once' && triesBefore + 1 < defectTries)) throw error
    await buryRecord(options, record, reasonOf(error), { attempts: triesBefore + 1, tenant })
    tell('dead', tenant)
  }
}

const requestOf = ({ augmentation, augmentationId, requestId }: RequestValue) => ({ augmentation, augmentationId, requestId })

const reasonOf = (error: unknown): VirgaError =>
  isVirgaError(error)
    ? error
    : new VirgaError('VIRGA_INTERNAL', error instanceof Error ? error.message : String(error), {}, { cause: error })
