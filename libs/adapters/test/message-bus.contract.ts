import type { OutgoingRecord } from '@virga/contracts'
import { headerText } from '@virga/contracts'
import type { Consumption, MessageBus, ReceivedRecord } from '@virga/orchestration'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

export interface BusUnderTest {
  readonly bus: MessageBus
  /** A second client of the same topics, as another process has; the same one where there is no other. */
  readonly other: MessageBus
  /** Makes an empty topic that no other test uses, and gives its name. */
  readonly newTopic: (partitions: number) => Promise<string>
  close(): Promise<void>
}

const text = (bytes: string | Uint8Array | null | undefined): string => Buffer.from(bytes ?? '').toString()
const records = (topic: string, keys: readonly string[], count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ topic, key: keys[i % keys.length], value: Buffer.from(String(i)), headers: {} },
  }))

/** Longest wait for what a broker does by itself, such as handing partitions over. */
const patience = { timeout: 30_000, interval: 20 }

/** What every adapter of the port MessageBus does. @param open a text where it cannot run here, saying why */
export function messageBusContract(name: string, open: () => Promise<BusUnderTest | string>): void {
  describe(`message bus: ${name}`, () => {
    let under: BusUnderTest | undefined
    let why: string | undefined
    const opened: Consumption[] = []
    beforeAll(async () => {
      const result = await open()
      if (typeof result === 'string') why = result
      else under = result
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((consumption) => consumption.close()))
    })
    afterAll(() => under?.close())

    const test = (title: string, run: (under: BusUnderTest) => Promise<void>): void =>
      it(title, async (context) => {
        if (under === undefined) return context.skip(why)
        await run(under)
      })
    const consume = async (bus: MessageBus, group: string, topic: string, onRecord: (record: ReceivedRecord) => void | Promise<void>) => {
      const consumption = await bus.consume({ group, topics: [topic], onRecord: async (record) => onRecord(record) })
      opened.push(consumption)
      return consumption
    }
    let groups = 0
    const newGroup = () => `contract-${process.pid}-${Date.now()}-${groups++}`

    test('gives key, value, headers, place and time as they were written', async ({ bus, newTopic }) => {
      const topic = await newTopic(3)
      const value = Buffer.from([0, 255, 10, 128])
      const before = Date.now()
      await bus.publish([{ topic, key: 'schlüssel', value, headers: { traceparent: '00-1', ce_id: 'ä' } }])
      const seen: ReceivedRecord[] = []
      await consume(bus, newGroup(), topic, (record) => void seen.push(record))
      await expect.poll(() => seen.length, patience).toBe(1)
      const [record] = seen
      expect(record).toMatchObject({ topic, offset: '0' })
      expect(text(record?.key)).toBe('schlüssel')
      expect([...(record?.value ?? [])]).toEqual([...value])
      expect(headerText(record?.headers?.traceparent)).toBe('00-1')
      expect(headerText(record?.headers?.ce_id)).toBe('ä')
      expect(record?.partition).toBeLessThan(3)
      expect(Math.abs((record?.timestampMs ?? 0) - before)).toBeLessThan(60_000)
    })

    test('keeps the order of each key, and gives a key to one partition', async ({ bus, newTopic }) => {
      const topic = await newTopic(4)
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      const seen: ReceivedRecord[] = []
      await consume(bus, newGroup(), topic, async (record) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
        seen.push(record)
      })
      const all = records(topic, keys, 140)
      for (let from = 0; from < 140; from += 35) await bus.publish(all.slice(from, from + 35))
      await expect.poll(() => seen.length, patience).toBe(140)
      for (const key of keys) {
        const own = seen.filter((record) => text(record.key) === key)
        expect(own.map((record) => Number(text(record.value)))).toEqual(Array.from({ length: 20 }, (_, i) => i * 7 + keys.indexOf(key)))
        expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
      }
      expect(new Set(seen.map(({ partition }) => partition)).size).toBeGreaterThan(1)
    })

    test('gives a rejected record again and holds what comes after it back', async ({ bus, newTopic }) => {
      const topic = await newTopic(1)
      const tried: string[] = []
      await consume(bus, newGroup(), topic, (record) => {
        tried.push(text(record.value))
        if (tried.filter((value) => value === '1').length < 3 && text(record.value) === '1') throw new Error('not now')
      })
      await bus.publish(records(topic, ['k'], 3))
      await expect.poll(() => tried.length, patience).toBe(5)
      expect(tried).toEqual(['0', '1', '1', '1', '2'])
    })

    test('goes on with other partitions while one waits', async ({ bus, newTopic }) => {
      const topic = await newTopic(8)
      const keys = Array.from({ length: 24 }, (_, i) => `key-${i}`)
      const done = new Set<string>()
      let rejecting = true
      await consume(bus, newGroup(), topic, (record) => {
        if (rejecting && text(record.key) === 'key-0') throw new Error('not now')
        done.add(text(record.key))
      })
      await bus.publish(records(topic, keys, 24))
      // Those that share key-0's partition may have to wait, and there are eight partitions.
      await expect.poll(() => done.size, patience).toBeGreaterThan(8)
      expect(done.has('key-0')).toBe(false)
      rejecting = false
      await expect.poll(() => done.size, patience).toBe(24)
    })

    test('gives each group everything, and the members of a group their share', async ({ bus, other, newTopic }) => {
      const topic = await newTopic(6)
      const [shared, alone] = [newGroup(), newGroup()]
      const [first, second, third]: [string[], string[], string[]] = [[], [], []]
      await consume(bus, shared, topic, (record) => void first.push(text(record.value)))
      await consume(other, shared, topic, (record) => void second.push(text(record.value)))
      await consume(bus, alone, topic, (record) => void third.push(text(record.value)))
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`)
      let sent = 0
      // Until the broker has shared the partitions out, one member may get all.
      await expect
        .poll(async () => {
          await bus.publish(records(topic, keys, 60))
          sent += 60
          await new Promise((resolve) => setTimeout(resolve, 100))
          return Math.min(first.length, second.length)
        }, patience)
        .toBeGreaterThan(0)
      await expect.poll(() => third.length, patience).toBe(sent)
      await expect.poll(() => first.length + second.length, patience).toBeGreaterThanOrEqual(sent)
      expect(new Set([...first, ...second]).size).toBe(60)
    })

    test('commits what was done when it closes: the next member goes on behind it', async ({ bus, other, newTopic }) => {
      const topic = await newTopic(1)
      const group = newGroup()
      const seen: string[] = []
      let finish = (): void => undefined
      const consumption = await consume(bus, group, topic, async (record) => {
        seen.push(text(record.value))
        if (text(record.value) === '4') await new Promise<void>((resolve) => (finish = resolve))
      })
      await bus.publish(records(topic, ['k'], 10))
      await expect.poll(() => seen.length, patience).toBe(5)
      let closed = false
      const closing = consumption.close().then(() => (closed = true))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(closed).toBe(false)
      finish()
      await closing
      expect(seen).toEqual(['0', '1', '2', '3', '4'])
      await consume(other, group, topic, (record) => void seen.push(text(record.value)))
      await expect.poll(() => seen.length, patience).toBe(10)
      expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
    })

    test('does not commit what was rejected: another member gets it', async ({ bus, other, newTopic }) => {
      const topic = await newTopic(1)
      const group = newGroup()
      let tries = 0
      const consumption = await consume(bus, group, topic, () => {
        tries++
        throw new Error('never here')
      })
      await bus.publish(records(topic, ['k'], 2))
      await expect.poll(() => tries, patience).toBeGreaterThan(1)
      await consumption.close()
      const seen: string[] = []
      await consume(other, group, topic, (record) => void seen.push(text(record.value)))
      await expect.poll(() => seen, patience).toEqual(['0', '1'])
    })

    test('takes nothing of a topic that is paused, and goes on where it was', async ({ bus, newTopic }) => {
      const topic = await newTopic(2)
      const seen: string[] = []
      const consumption = await consume(bus, newGroup(), topic, (record) => void seen.push(text(record.value)))
      await bus.publish(records(topic, ['a', 'b'], 4))
      await expect.poll(() => seen.length, patience).toBe(4)
      consumption.pause([topic])
      await bus.publish(records(topic, ['a', 'b'], 6))
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(seen.length).toBe(4)
      consumption.resume([topic])
      await expect.poll(() => seen.length, patience).toBe(10)
    })

    test('can be paused from within a record', async ({ bus, newTopic }) => {
      const topic = await newTopic(1)
      const seen: string[] = []
      const holder: { consumption?: Consumption } = {}
      holder.consumption = await consume(bus, newGroup(), topic, (record) => {
        seen.push(text(record.value))
        if (seen.length === 2) holder.consumption?.pause([topic])
      })
      await bus.publish(records(topic, ['a'], 6))
      await expect.poll(() => seen.length, patience).toBe(2)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(seen.length).toBe(2)
      holder.consumption.resume([topic])
      await expect.poll(() => seen, patience).toEqual(['0', '1', '2', '3', '4', '5'])
    })

    test('begins a new group at the first record, or at the next one', async ({ bus, newTopic }) => {
      const topic = await newTopic(1)
      await bus.publish(records(topic, ['k'], 3))
      const [early, late]: [string[], string[]] = [[], []]
      await consume(bus, newGroup(), topic, (record) => void early.push(text(record.value)))
      const consumption = await bus.consume({
        ...{ group: newGroup(), topics: [topic], from: 'latest' },
        onRecord: async (record) => void late.push(text(record.value)),
      })
      opened.push(consumption)
      await expect.poll(() => early.length, patience).toBe(3)
      await expect
        .poll(async () => {
          await bus.publish([{ topic, key: 'k', value: Buffer.from('new'), headers: {} }])
          return late.length
        }, patience)
        .toBeGreaterThan(0)
      expect(new Set(late)).toEqual(new Set(['new']))
    })

    test('reads several topics in one group', async ({ bus, newTopic }) => {
      const topics = [await newTopic(1), await newTopic(2)]
      const seen: string[] = []
      const consumption = await bus.consume({ group: newGroup(), topics, onRecord: async (record) => void seen.push(record.topic) })
      opened.push(consumption)
      await bus.publish(topics.map((topic) => ({ topic, key: 'k', value: Buffer.from('x'), headers: {} })))
      await expect.poll(() => [...seen].sort(), patience).toEqual([...topics].sort())
    })

    test('publishes nothing and everything: no records, and a thousand', async ({ bus, newTopic }) => {
      const topic = await newTopic(3)
      await bus.publish([])
      await bus.publish(records(topic, ['a', 'b', 'c', 'd'], 1000))
      let count = 0
      await consume(bus, newGroup(), topic, () => void count++)
      await expect.poll(() => count, patience).toBe(1000)
    })

    test('refuses a record above the limit of the topics', async ({ bus, newTopic }) => {
      const topic = await newTopic(1)
      const large = { topic, key: 'k', value: Buffer.alloc(2 * 1024 * 1024), headers: {} }
      await expect(bus.publish([large])).rejects.toMatchObject({ code: 'VIRGA_TOO_LARGE' })
    })

    test('answers a check', async ({ bus }) => {
      await expect(bus.check()).resolves.toBeUndefined()
    })
  })
}
