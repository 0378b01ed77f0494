import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumeOptions, Consumption, ReceivedRecord } from '@virga/orchestration'
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { Commits } from './commits.ts'
import { joinGroup, type Member, type MemberEvents } from './group-member.ts'
import type { KafkaConfig } from './kafka-config.ts'
import { busError } from './kafka-errors.ts'
import type { Lookup } from './lookup.ts'
import { PartitionQueue } from './partition-queue.ts'

export interface Consume {
  readonly kafka: Kafka
  readonly brokers: readonly string[]
  readonly lookup: Lookup
  readonly log: NonNullable<KafkaConfig['log']>
}

/** Wait before a member that could not go on is replaced, in milliseconds; it doubles. */
const firstWaitMs = 250
const longestWaitMs = 5000

/**
 * Consumes topics as a member of a group.
 *
 * Fetching never waits for `onRecord`: heartbeats go on, and a slow or rejected record holds up its own partition alone. A member that fails (broker
 * away for long, group gone) is replaced by a new one until `close`. Resolves once the group is joined and its position is known or, when no broker
 * answers, after the first try: it goes on trying.
 *
 * @throws VirgaError VIRGA_NOT_FOUND when a topic is not there, VIRGA_UNAUTHENTICATED and VIRGA_FORBIDDEN when the broker refuses
 */
export async function startConsuming(context: Consume, options: ConsumeOptions): Promise<Consumption> {
  const consuming = new Consuming(context, options)
  await consuming.start()
  return {
    pause: (topics) => consuming.setPaused(topics, true),
    resume: (topics) => consuming.setPaused(topics, false),
    close: () => consuming.close(),
  }
}

class Consuming implements MemberEvents {
  readonly #context: Consume
  readonly #options: ConsumeOptions
  readonly #paused = new Set<string>()
  readonly #queues = new Map<string, PartitionQueue>()
  readonly #closing = new AbortController()
  readonly #commits: Commits
  #member: Member | undefined
  #staying: Promise<void> | undefined

  constructor(context: Consume, options: ConsumeOptions) {
    this.#context = context
    this.#options = options
    this.#commits = new Commits(async (offsets) => {
      if (this.#member === undefined) throw new Error('no member of the group')
      await this.#member.consumer.commitOffsets([...offsets])
    })
  }

  async start(): Promise<void> {
    try {
      this.#member = await joinGroup(this.#context, this.#options, this)
    } catch (error) {
      const reason = busError(error, this.#context.brokers)
      if (reason.code !== 'VIRGA_UNAVAILABLE') throw reason
      this.#warn(`group ${this.#options.group} cannot be joined yet: ${reason.message}`)
    }
    this.#staying = this.#stay()
  }

  setPaused(topics: readonly string[], paused: boolean): void {
    for (const topic of topics) {
      if (paused) this.#paused.add(topic)
      else this.#paused.delete(topic)
    }
    for (const [key, queue] of this.#queues) if (topics.includes(topicOf(key))) queue.setPaused(paused)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
    await this.#staying
    await this.#commits.close()
    await this.#member?.leave()
    this.#member = undefined
  }

  assigned(assignment: Readonly<Record<string, number[]>>): void {
    const mine = new Set(
      Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => keyOf(topic, partition))),
    )
    this.#commits.clear()
    for (const [key, queue] of this.#queues) {
      if (mine.has(key)) queue.restart()
      else {
        this.#queues.delete(key)
        void queue.close()
      }
    }
  }

  begins(offsets: Parameters<MemberEvents['begins']>[0]): void {
    for (const { topic, partition, offset } of offsets) this.#commits.add(topic, partition, BigInt(offset))
  }

  async batch(payload: EachBatchPayload): Promise<void> {
    if (!payload.isRunning() || this.#closing.signal.aborted) return
    const { batch } = payload
    const { topic, partition, messages } = batch
    this.#queueOf(topic, partition).add(messages.map((message) => received(topic, partition, message)))
    payload.resolveOffset(batch.lastOffset()) // where fetching goes on; what is committed follows what is done
  }

  /** Replaces the member whenever it is lost; resolves when closing. */
  async #stay(): Promise<void> {
    const { signal } = this.#closing
    const { group } = this.#options
    const closed = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    let waitMs = firstWaitMs
    while (!signal.aborted) {
      if (this.#member !== undefined) {
        const why = await Promise.race([this.#member.lost, closed])
        if (signal.aborted) return
        this.#warn(`the consumer of group ${group} is replaced: ${busError(why, this.#context.brokers).message}`)
        this.#member = undefined
        waitMs = firstWaitMs
      }
      await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      waitMs = Math.min(2 * waitMs, longestWaitMs)
      try {
        this.#member = await joinGroup(this.#context, this.#options, this)
      } catch (error) {
        this.#warn(`group ${group} cannot be joined yet: ${busError(error, this.#context.brokers).message}`)
      }
    }
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const key = keyOf(topic, partition)
    const found = this.#queues.get(key)
    if (found !== undefined) return found
    const isMine = () => this.#queues.get(key) === queue
    const queue: PartitionQueue = new PartitionQueue(
      {
        onRecord: (record) => this.#options.onRecord(record),
        onDone: (offset) => isMine() && this.#commits.add(topic, partition, offset),
        onFull: (full) => isMine() && this.#member?.setFetching(topic, partition, !full),
        onRejected: ({ offset }, error) => this.#warn(`record ${offset} of ${topic}[${partition}] is tried again: ${String(error)}`),
      },
      this.#paused.has(topic),
    )
    this.#queues.set(key, queue)
    return queue
  }

  #warn(message: string): void {
    this.#context.log('warn', message)
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`
const topicOf = (key: string): string => key.slice(0, key.lastIndexOf('/'))

function received(topic: string, partition: number, { key, value, headers, offset, timestamp }: KafkaMessage): ReceivedRecord {
  return { topic, partition, offset, timestampMs: Number(timestamp), key, value, headers: headers ?? {} }
}
