import { allTopics } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { Consumption, MessageBus } from '@virga/orchestration'
import { ConsumerGroup } from './consumer-group.ts'
import { type Retention, TopicLog } from './topic-log.ts'

export interface InProcessBusOptions {
  /** Partitions of a topic; default as in the contracts, 1 for others. */
  readonly partitionsOf?: (topic: string) => number
  /** What each topic keeps; default 20,000 records, 32 MiB. */
  readonly retention?: Retention
}

/**
 * Topics within one process. They live in memory: what has to outlive a crash lies in the catalog, whose outbox and sweeps tell of it again.
 * Topics need not be made.
 */
export function openInProcessBus(options: InProcessBusOptions = {}): MessageBus {
  const { retention = { records: 20_000, bytes: 32 * 1024 * 1024 }, partitionsOf = partitionsInContracts } = options
  const logs = new Map<string, TopicLog>()
  const groups = new Map<string, ConsumerGroup>()
  const consumptions = new Set<Consumption>()
  let closed = false
  const logOf = (name: string): TopicLog => entry(logs, name, () => new TopicLog(name, partitionsOf(name), retention))
  const check = async (): Promise<void> => {
    if (closed) throw new VirgaError('VIRGA_UNAVAILABLE', 'the topics of this process are closed')
  }
  return {
    check,
    publish: async (records) => {
      await check()
      for (const record of records) {
        const log = logOf(record.topic)
        const partition = log.append(record)
        for (const group of groups.values()) group.wake(log, partition)
      }
    },
    consume: async (options) => {
      await check()
      const consumption = entry(groups, options.group, () => new ConsumerGroup()).join(options, options.topics.map(logOf))
      consumptions.add(consumption)
      return {
        ...consumption,
        close: () => {
          consumptions.delete(consumption)
          return consumption.close()
        },
      }
    },
    close: async () => {
      closed = true
      await Promise.all([...consumptions].map((consumption) => consumption.close()))
      logs.clear()
      groups.clear()
    },
  }
}

const partitionsInContracts = (topic: string): number => allTopics.find(({ name }) => name === topic)?.partitions ?? 1

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}
