import type { OutgoingRecord } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { CompressionTypes, type Kafka, Partitioners, type Producer } from 'kafkajs'
import { busError } from './kafka-errors.ts'
import type { Lookup } from './lookup.ts'
import { within } from './within.ts'

/** Records of one request; with 64 KiB as the largest record of ours a request stays below what a broker takes by default per partition (1 MiB). */
const batchBytes = 900 * 1024
const batchRecords = 1000
/** After this the caller hears of it; the client library has then given up or is about to. */
const publishMs = 15_000

/** What brokers take by default; refused here, since compression could let it pass. */
const largestBytes = 1024 * 1024

interface Waiting {
  readonly records: readonly OutgoingRecord[]
  readonly bytes: number
  resolve(): void
  reject(error: VirgaError): void
}

/**
 * Writes records through one idempotent producer. One request is under way at a time, and carries all that was asked for meanwhile: an idempotent
 * producer keeps order with one request in flight, and many small calls cost few requests.
 */
export class Publisher {
  readonly #kafka: Kafka
  readonly #brokers: readonly string[]
  readonly #lookup: Lookup
  readonly #waiting: Waiting[] = []
  #producer: Producer | undefined
  #sending: Promise<void> | undefined
  #closed = false

  constructor(kafka: Kafka, brokers: readonly string[], lookup: Lookup) {
    this.#kafka = kafka
    this.#brokers = brokers
    this.#lookup = lookup
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closed) throw new VirgaError('VIRGA_UNAVAILABLE', 'the message bus is closed')
    if (records.length === 0) return
    let bytes = 0
    for (const record of records) {
      const size = bytesOf(record)
      bytes += size
      if (size <= largestBytes) continue
      throw new VirgaError('VIRGA_TOO_LARGE', `a record of ${size} bytes`, {
        file: record.topic,
        expected: `at most ${largestBytes} bytes`,
      })
    }
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ records, bytes, resolve, reject }))
    this.#sending ??= this.#sendAll()
    return done
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#sending
    await this.#producer?.disconnect().catch(() => undefined)
    this.#producer = undefined
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#next()
      try {
        await within(publishMs, this.#send(calls.flatMap(({ records }) => records)))
        for (const call of calls) call.resolve()
      } catch (error) {
        await this.#failed(calls, busError(error, this.#brokers))
      }
    }
    this.#sending = undefined // in the same turn as the last look at what waits: a call that comes later starts anew
  }

  /** A topic that is not there must not fail the calls that share the request: each is told by itself. */
  async #failed(calls: readonly Waiting[], error: VirgaError): Promise<void> {
    this.#discard()
    if (calls.length === 1 || error.code === 'VIRGA_UNAVAILABLE') return calls.forEach((call) => call.reject(error))
    for (const call of calls) {
      await within(publishMs, this.#send(call.records)).then(
        () => call.resolve(),
        (reason: unknown) => {
          this.#discard()
          call.reject(busError(reason, this.#brokers))
        },
      )
    }
  }

  #next(): Waiting[] {
    let bytes = 0
    let records = 0
    const count = this.#waiting.findIndex((call, at) => {
      bytes += call.bytes
      records += call.records.length
      return at > 0 && (bytes > batchBytes || records > batchRecords)
    })
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : count)
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    const byTopic = Map.groupBy(records, ({ topic }) => topic)
    await this.#lookup.requireTopics(byTopic.keys())
    const producer = this.#producer ?? (await this.#connect())
    this.#producer = producer
    await producer.sendBatch({
      acks: -1,
      compression: CompressionTypes.GZIP,
      topicMessages: [...byTopic].map(([topic, messages]) => ({
        topic,
        messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      })),
    })
  }

  async #connect(): Promise<Producer> {
    // The partitioner of Java's client (murmur2): a key lies where other programs' producers put it.
    const createPartitioner = Partitioners.DefaultPartitioner
    const producer = this.#kafka.producer({ idempotent: true, allowAutoTopicCreation: false, maxInFlightRequests: 1, createPartitioner })
    await producer.connect()
    return producer
  }

  /** After an error the producer's sequence numbers may not be those of the broker: the next request begins with a new producer. */
  #discard(): void {
    const old = this.#producer
    this.#producer = undefined
    this.#lookup.forgetTopics()
    void old?.disconnect().catch(() => undefined)
  }
}

const bytesOf = ({ key, value, headers }: OutgoingRecord): number =>
  value.length +
  Buffer.byteLength(key) +
  Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 20)
