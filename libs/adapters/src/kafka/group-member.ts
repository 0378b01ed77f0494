import type { ConsumeOptions } from '@virga/orchestration'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type { Offset } from './commits.ts'
import { busError } from './kafka-errors.ts'
import type { Lookup } from './lookup.ts'
import { within } from './within.ts'

/** A long poll: new records are answered at once, and leaving, rejoining and closing wait for the poll under way. */
const pollMs = 200
/** A member that is silent this long loses its partitions. */
const sessionMs = 10_000
const heartbeatMs = 1000
const fetchBytes = 256 * 1024
const joinMs = 30_000
const leaveMs = 10_000

export interface MemberEvents {
  /** The group was joined, for the first time or anew, with these partitions by topic. */
  assigned(assignment: Readonly<Record<string, number[]>>): void
  /** Where a group that begins at the end begins; to be committed, so that a rebalance does not move it. */
  begins(offsets: readonly Offset[]): void
  batch(payload: EachBatchPayload): Promise<void>
}

/** One membership in a group, from joining until it is left or lost. */
export interface Member {
  readonly consumer: Consumer
  /** Resolves with the reason when it cannot go on. */
  readonly lost: Promise<unknown>
  /** Stops, or takes up again, the fetching of a partition. */
  setFetching(topic: string, partition: number, fetching: boolean): void
  leave(): Promise<void>
}

interface Broker {
  readonly kafka: Kafka
  readonly brokers: readonly string[]
  readonly lookup: Lookup
}

/**
 * Joins the group; resolves when its position is known, so that what is published from now on is seen.
 *
 * @throws VirgaError VIRGA_UNAVAILABLE, VIRGA_NOT_FOUND (a topic), VIRGA_UNAUTHENTICATED, VIRGA_FORBIDDEN
 */
export async function joinGroup({ kafka, brokers, lookup }: Broker, options: ConsumeOptions, events: MemberEvents): Promise<Member> {
  const { group, topics, from = 'earliest' } = options
  lookup.forgetTopics()
  await lookup.requireTopics(topics)
  const ends = from === 'latest' ? await endsOf(lookup, group, topics) : []
  const consumer = kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: pollMs,
    sessionTimeout: sessionMs,
    rebalanceTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    maxBytesPerPartition: fetchBytes,
    // A consumer that fails is replaced as a whole by whoever holds this member.
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 6, restartOnFailure: async () => false },
  })
  const { GROUP_JOIN, FETCH, CRASH } = consumer.events
  const lost = new Promise<unknown>((resolve) => consumer.on(CRASH, ({ payload }) => resolve(payload.error)))
  let mine: Readonly<Record<string, number[]>> = {}
  consumer.on(GROUP_JOIN, ({ payload }) => events.assigned((mine = payload.memberAssignment)))
  const positioned = new Promise<void>((resolve) => {
    const forgetListener = consumer.on(FETCH, () => {
      forgetListener()
      events.begins(ends.filter(({ topic, partition }) => mine[topic]?.includes(partition)))
      resolve()
    })
  })
  const leave = async () => within(leaveMs, consumer.disconnect()).catch(() => undefined)
  const join = async () => {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' })
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => events.batch(payload) })
    await Promise.race([positioned, lost.then((error) => Promise.reject(busError(error, brokers)))])
  }
  try {
    await within(joinMs, join())
  } catch (error) {
    await leave()
    throw busError(error, brokers)
  }
  const setFetching = (topic: string, partition: number, fetching: boolean) => {
    try {
      consumer[fetching ? 'resume' : 'pause']([{ topic, partitions: [partition] }])
    } catch {
      // It is not running any more: the next member fetches all of its partitions.
    }
  }
  return { consumer, lost, setFetching, leave }
}

/** The end of each partition in which the group has never committed. */
async function endsOf(lookup: Lookup, groupId: string, topics: readonly string[]): Promise<Offset[]> {
  const committed = await lookup.ask((admin) => admin.fetchOffsets({ groupId, topics: [...topics] }))
  const began = new Set(
    committed.flatMap(({ topic, partitions }) =>
      partitions.filter(({ offset }) => offset !== '-1').map(({ partition }) => `${topic}/${partition}`),
    ),
  )
  const ends: Offset[] = []
  for (const topic of topics) {
    for (const { partition, high } of await lookup.ask((admin) => admin.fetchTopicOffsets(topic)))
      if (!began.has(`${topic}/${partition}`)) ends.push({ topic, partition, offset: high })
  }
  return ends
}
