import { allTopics, type TopicSettings } from '@virga/contracts'
import kafkajs, { type Admin } from 'kafkajs'
import { busError } from './kafka-errors.ts'
import { kafkaClient, type KafkaConfig } from './kafka-config.ts'

export interface AppliedTopic {
  readonly topic: string
  readonly outcome: 'created' | 'changed' | 'unchanged'
  /** What was changed, or what differs and was left. */
  readonly detail?: string
}

export interface ApplyOptions {
  /** Copies of each partition; default the broker's own setting. */
  readonly replication?: number
  /** Default every topic of `@virga/contracts`. */
  readonly topics?: readonly TopicSettings[]
}

/** Where a setting of a topic was made: on the topic itself. https://kafka.apache.org/protocol#The_Messages_DescribeConfigs */
const ofTopic = 1

/**
 * Makes the topics that are missing and brings the others to the stated partitions and retention. Nothing shrinks: a topic with more partitions or
 * a longer retention keeps them. Done again, it changes nothing.
 *
 * @throws VirgaError VIRGA_UNAVAILABLE, VIRGA_UNAUTHENTICATED, VIRGA_FORBIDDEN
 */
export async function applyTopics(config: KafkaConfig, options: ApplyOptions = {}): Promise<AppliedTopic[]> {
  const { topics = allTopics, replication = -1 } = options
  const admin = kafkaClient(config).admin()
  try {
    await admin.connect()
    const there = new Set(await admin.listTopics())
    const missing = topics.filter(({ name }) => !there.has(name))
    await create(admin, missing, replication)
    const made = missing.map(({ name }): AppliedTopic => ({ topic: name, outcome: 'created' }))
    const adapted = await adapt(
      admin,
      topics.filter(({ name }) => there.has(name)),
    )
    const byName = new Map([...made, ...adapted].map((one) => [one.topic, one]))
    return topics.flatMap(({ name }) => byName.get(name) ?? [])
  } catch (error) {
    throw busError(error, config.brokers)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

async function create(admin: Admin, topics: readonly TopicSettings[], replicationFactor: number): Promise<void> {
  if (topics.length === 0) return
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map(({ name, partitions, retentionMs }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries: [
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'cleanup.policy', value: 'delete' },
      ],
    })),
  })
}

async function adapt(admin: Admin, topics: readonly TopicSettings[]): Promise<AppliedTopic[]> {
  if (topics.length === 0) return []
  const names = topics.map(({ name }) => name)
  const metadata = await admin.fetchTopicMetadata({ topics: names })
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  })
  const applied: AppliedTopic[] = []
  for (const topic of topics) {
    const partitions = metadata.topics.find(({ name }) => name === topic.name)?.partitions.length ?? 0
    const settings = described.resources.find(({ resourceName }) => resourceName === topic.name)?.configEntries ?? []
    applied.push(await adaptOne(admin, topic, partitions, settings))
  }
  return applied
}

type Setting = Awaited<ReturnType<Admin['describeConfigs']>>['resources'][number]['configEntries'][number]

async function adaptOne(admin: Admin, topic: TopicSettings, partitions: number, settings: readonly Setting[]): Promise<AppliedTopic> {
  const changed: string[] = []
  const left: string[] = []
  if (partitions < topic.partitions) {
    await admin.createPartitions({ topicPartitions: [{ topic: topic.name, count: topic.partitions }] })
    changed.push(`partitions ${partitions} -> ${topic.partitions}`)
  } else if (partitions > topic.partitions) left.push(`keeps ${partitions} partitions, ${topic.partitions} are stated`)

  const text = settings.find(({ configName }) => configName === 'retention.ms')?.configValue ?? '0'
  const retentionMs = Number(text) < 0 ? Infinity : Number(text)
  if (retentionMs < topic.retentionMs) {
    // The request replaces all settings of the topic, so those that somebody made go along.
    const kept = settings.filter(({ configName, configSource }) => configName !== 'retention.ms' && Number(configSource) === ofTopic)
    const configEntries = kept.map(({ configName, configValue }) => ({ name: configName, value: configValue }))
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name }
    const wanted = { name: 'retention.ms', value: String(topic.retentionMs) }
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [...configEntries, wanted] }] })
    changed.push(`retention ${hours(retentionMs)} -> ${hours(topic.retentionMs)}`)
  } else if (retentionMs > topic.retentionMs) left.push(`keeps a retention of ${hours(retentionMs)}, ${hours(topic.retentionMs)} is stated`)

  const detail = [...changed, ...left].join('; ')
  return { topic: topic.name, outcome: changed.length > 0 ? 'changed' : 'unchanged', ...(detail === '' ? {} : { detail }) }
}

const hours = (ms: number): string => (Number.isFinite(ms) ? `${Number((ms / 3_600_000).toFixed(3))} h` : 'for ever')
