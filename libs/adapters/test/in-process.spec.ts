import { openInProcessBus } from '@virga/adapters/in-process'
import { describe, expect, it } from 'vitest'
import { messageBusContract } from './message-bus.contract.ts'

messageBusContract('in process', async () => {
  const partitions = new Map<string, number>()
  const bus = openInProcessBus({ partitionsOf: (topic) => partitions.get(topic) ?? 1 })
  return {
    ...{ bus, other: bus },
    newTopic: async (count) => {
      const topic = `topic-${partitions.size}`
      partitions.set(topic, count)
      return topic
    },
    close: () => bus.close(),
  }
})

describe('in-process bus', () => {
  const record = (value: string) => ({ topic: 't', key: 'k', value: Buffer.from(value), headers: {} })

  it('holds a bounded number of records: the oldest go', async () => {
    const bus = openInProcessBus({ retention: { records: 10, bytes: 1e6 } })
    for (let i = 0; i < 5000; i++) await bus.publish([record(String(i))])
    const seen: string[] = []
    await bus.consume({ group: 'g', topics: ['t'], onRecord: async ({ value, offset }) => void seen.push(`${offset}:${String(value)}`) })
    await expect.poll(() => seen.length).toBe(10)
    expect([seen[0], seen[9]]).toEqual(['4990:4990', '4999:4999'])
    await bus.close()
  })

  it('holds a bounded number of bytes', async () => {
    const bus = openInProcessBus({ retention: { records: 1000, bytes: 10_000 } })
    for (let i = 0; i < 100; i++) await bus.publish([record('x'.repeat(999))])
    let count = 0
    await bus.consume({ group: 'g', topics: ['t'], onRecord: async () => void count++ })
    await expect.poll(() => count).toBe(10)
    await bus.close()
  })

  it('refuses work once it is closed', async () => {
    const bus = openInProcessBus()
    await bus.close()
    await expect(bus.publish([record('x')])).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
    await expect(bus.check()).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
  })
})
