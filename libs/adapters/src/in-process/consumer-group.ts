import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { ConsumeOptions, Consumption } from '@virga/orchestration'
import type { TopicLog } from './topic-log.ts'

/** Back-off after a record was rejected, in milliseconds; it doubles. */
const firstWaitMs = 20
const longestWaitMs = 2000

interface Member {
  readonly options: ConsumeOptions
  readonly paused: Set<string>
  readonly left: AbortController
  /** Records that it is working on. */
  readonly inHand: Set<Promise<void>>
}

/** A partition as one group sees it. */
interface Share {
  readonly log: TopicLog
  readonly partition: number
  /** The next record to be given out; all before it are committed. */
  offset: number
  running: boolean
}

/** Consumers that share the partitions of their topics: each partition has one of them at a time, who gets its records one after the other. */
export class ConsumerGroup {
  private readonly members: Member[] = []
  private readonly shares = new Map<TopicLog, Share[]>()

  join(options: ConsumeOptions, logs: readonly TopicLog[]): Consumption {
    const member: Member = { options, paused: new Set(), left: new AbortController(), inHand: new Set() }
    for (const log of logs) if (!this.shares.has(log)) this.shares.set(log, sharesOf(log, options.from ?? 'earliest'))
    this.members.push(member)
    this.wakeAll()
    return {
      pause: (topics) => topics.forEach((topic) => member.paused.add(topic)),
      resume: (topics) => {
        topics.forEach((topic) => member.paused.delete(topic))
        this.wakeAll()
      },
      close: async () => {
        if (!member.left.signal.aborted) {
          this.members.splice(this.members.indexOf(member), 1)
          member.left.abort()
          this.wakeAll()
        }
        await Promise.all(member.inHand)
      },
    }
  }

  wake(log: TopicLog, partition: number): void {
    const share = this.shares.get(log)?.[partition]
    if (share !== undefined && !share.running) void this.run(share)
  }

  private wakeAll(): void {
    for (const [log, shares] of this.shares) for (const { partition } of shares) this.wake(log, partition)
  }

  private ownerOf(share: Share): Member | undefined {
    const takers = this.members.filter(({ options }) => options.topics.includes(share.log.name))
    return takers[share.partition % takers.length]
  }

  private async run(share: Share): Promise<void> {
    share.running = true
    for (let rejected = 0; ;) {
      await setImmediate()
      const owner = this.ownerOf(share)
      const record = share.log.at(share.partition, share.offset)
      if (owner === undefined || owner.paused.has(share.log.name) || record === undefined) break
      const handled = Promise.resolve(record)
        .then((next) => owner.options.onRecord(next))
        .then(
          () => {
            share.offset = Number(record.offset) + 1
            rejected = 0
          },
          () => void rejected++,
        )
      owner.inHand.add(handled)
      await handled
      owner.inHand.delete(handled)
      if (rejected > 0) {
        const wait = Math.min(firstWaitMs * 2 ** (rejected - 1), longestWaitMs)
        await sleep(wait, undefined, { signal: owner.left.signal }).catch(() => undefined)
      }
    }
    share.running = false
  }
}

const sharesOf = (log: TopicLog, from: 'earliest' | 'latest'): Share[] =>
  log.partitions.map(({ base }, partition) => ({
    log,
    partition,
    offset: from === 'latest' ? log.end(partition) : base,
    running: false,
  }))
