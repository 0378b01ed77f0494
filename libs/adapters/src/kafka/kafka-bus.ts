import type { Consumption, MessageBus } from '@virga/orchestration'
import { type Consume, startConsuming } from './consumption.ts'
import { kafkaClient, type KafkaConfig } from './kafka-config.ts'
import { Lookup } from './lookup.ts'
import { Publisher } from './publisher.ts'

/**
 * MessageBus on Kafka. Connects when it is first used, and again after a broker was away.
 *
 * Publishing: idempotent producer, every in-sync replica, gzip; calls that overlap share a request. Consuming: see `startConsuming`.
 *
 * @throws VirgaError VIRGA_USAGE when a broker is no `host:port`
 */
export function openKafkaBus(config: KafkaConfig): MessageBus {
  const kafka = kafkaClient(config)
  const lookup = new Lookup(kafka, config.brokers)
  const publisher = new Publisher(kafka, config.brokers, lookup)
  const open = new Set<Consumption>()
  const context: Consume = { kafka, brokers: config.brokers, lookup, log: config.log ?? (() => undefined) }
  return {
    publish: (records) => publisher.publish(records),
    async consume(options) {
      const consumption = await startConsuming(context, options)
      open.add(consumption)
      return {
        ...consumption,
        close: async () => {
          open.delete(consumption)
          await consumption.close()
        },
      }
    },
    check: () => lookup.check(),
    async close() {
      await Promise.all([...open].map((one) => one.close()))
      open.clear()
      await publisher.close()
      await lookup.close()
    },
  }
}
