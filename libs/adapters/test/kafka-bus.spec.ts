import { randomUUID } from 'node:crypto'
import { applyTopics, openKafkaBus } from '@virga/adapters/kafka'
import { realStack } from '@virga/testing/stack'
import { messageBusContract } from './message-bus.contract.ts'

const stack = await realStack('kafka')
const brokersIn = (env: Readonly<Record<string, string>>): string[] => (env.VIRGA_BUS ?? '').replace('kafka://', '').split(',')

messageBusContract('Kafka', async () => {
  if (typeof stack === 'string') return stack
  const brokers = brokersIn(stack)
  const [bus, other] = [openKafkaBus({ brokers }), openKafkaBus({ brokers })]
  return {
    ...{ bus, other },
    newTopic: async (partitions) => {
      const name = `contract-${randomUUID()}`
      await applyTopics({ brokers }, { topics: [{ name, partitions, retentionMs: 3_600_000, purpose: 'a test' }] })
      return name
    },
    close: async () => void (await Promise.all([bus.close(), other.close()])),
  }
})
