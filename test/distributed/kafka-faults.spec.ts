import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyTopics, openKafkaBus } from '@virga/adapters/kafka'
import type { MessageBus } from '@virga/orchestration'
import { realStack } from '@virga/testing/stack'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../deploy/local/stack.ts'

// Asked for so that it is said here, once, why there is no Kafka; the broker that is killed is one of its own.
const possible = await realStack('kafka')

const patience = { timeout: 45_000, interval: 50 }
const recordOf = (topic: string, value: string, key = value) => ({ topic, key, value: Buffer.from(value), headers: {} })
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => String(from + i))

describe.skipIf(typeof possible === 'string')('Kafka bus when things go wrong', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virga-kafka-faults-'))
  const buses: MessageBus[] = []
  let stack: Stack
  let brokers: string[] = []
  const started = (async () => {
    if (typeof possible === 'string') return
    stack = await startStack({ folder, only: ['kafka'] })
    brokers = [(stack.env.VIRGA_BUS ?? '').replace('kafka://', '')]
  })()
  const open = (log?: (level: string, message: string) => void) => {
    const bus = openKafkaBus({ brokers, ...(log === undefined ? {} : { log }) })
    buses.push(bus)
    return bus
  }
  const newTopic = async (partitions: number) => {
    const name = `faults-${randomUUID()}`
    await applyTopics({ brokers }, { topics: [{ name, partitions, retentionMs: 3_600_000, purpose: 'a test' }] })
    return name
  }
  afterEach(() => Promise.all(buses.splice(0).map((bus) => bus.close())))
  afterAll(async () => {
    await started
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('says which topic is not there, at once, and goes on with the calls that shared the request', async () => {
    await started
    const topic = await newTopic(1)
    const bus = open()
    const before = Date.now()
    const [bad, good] = await Promise.allSettled([bus.publish([recordOf('virga.nowhere', 'x')]), bus.publish([recordOf(topic, 'y')])])
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'VIRGA_NOT_FOUND' } })
    expect(String((bad as PromiseRejectedResult).reason)).toMatch(/virga\.nowhere.*virga topics apply/)
    expect(good.status).toBe('fulfilled')
    await expect(bus.consume({ group: 'g', topics: ['virga.nowhere'], onRecord: async () => undefined })).rejects.toMatchObject({
      code: 'VIRGA_NOT_FOUND',
    })
    expect(Date.now() - before).toBeLessThan(8000)
  })

  it('loses nothing and keeps order when the broker is killed under a producer and a consumer', async () => {
    await started
    const topic = await newTopic(3)
    const warnings: string[] = []
    const [producer, consumer] = [open(), open((_, message) => warnings.push(message))]
    const seen: { partition: number; offset: number; value: string }[] = []
    await consumer.consume({
      ...{ group: 'killed', topics: [topic] },
      onRecord: async ({ partition, offset, value }) => void seen.push({ partition, offset: Number(offset), value: String(value) }),
    })
    const kept: string[] = []
    const sendUntilKept = async (value: string) => {
      for (;;) {
        try {
          await producer.publish([recordOf(topic, value)])
          return void kept.push(value)
        } catch (error) {
          expect(error).toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
          expect(String(error)).toContain(brokers[0])
        }
      }
    }
    const sending = (async () => {
      for (const value of numbers(300)) await sendUntilKept(value)
    })()
    for (let kill = 0; kill < 2; kill++) {
      await expect.poll(() => kept.length, patience).toBeGreaterThan(100 * kill + 50)
      await stack.kafka.kill('SIGKILL')
      stack.kafka.start()
      await stack.kafka.waitReady()
    }
    await sending
    await expect.poll(() => new Set(seen.map(({ value }) => value)).size, patience).toBe(300)
    for (const partition of [0, 1, 2]) {
      const offsets = seen.filter((one) => one.partition === partition).map(({ offset }) => offset)
      const first = offsets.filter((offset, at) => offsets.indexOf(offset) === at)
      expect(first).toEqual([...first].sort((a, b) => a - b)) // in order, whatever came twice
    }
  })

  it('waits for a broker that is away at the start', async () => {
    await started
    const topic = await newTopic(1)
    await open().publish([recordOf(topic, 'kept')])
    await stack.kafka.kill('SIGTERM')
    const warnings: string[] = []
    const bus = open((_, message) => warnings.push(message))
    await expect(bus.check()).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
    await expect(bus.publish([recordOf(topic, 'x')])).rejects.toThrow(brokers[0])
    const seen: string[] = []
    const consumption = await bus.consume({ group: 'early', topics: [topic], onRecord: async ({ value }) => void seen.push(String(value)) })
    expect(warnings.join()).toContain(brokers[0])
    consumption.pause([topic])
    consumption.resume([topic])
    stack.kafka.start()
    await stack.kafka.waitReady()
    await expect.poll(() => seen, patience).toEqual(['kept'])
    await bus.publish([recordOf(topic, 'y')])
    await expect.poll(() => seen, patience).toEqual(['kept', 'y'])
    await bus.check()
  })

  it('closes soon while the broker is away', async () => {
    await started
    const topic = await newTopic(1)
    const bus = open()
    await bus.publish([recordOf(topic, 'x')])
    await bus.consume({ group: 'away', topics: [topic], onRecord: async () => undefined })
    await stack.kafka.kill('SIGKILL')
    const before = Date.now()
    await bus.close()
    expect(Date.now() - before).toBeLessThan(20_000)
    stack.kafka.start()
    await stack.kafka.waitReady()
  })

  it('takes a broker that is paused for one that is away, and goes on when it is continued', async () => {
    await started
    const topic = await newTopic(1)
    const bus = open()
    await bus.publish([recordOf(topic, 'x')])
    await stack.kafka.kill('SIGSTOP')
    try {
      await expect(bus.check()).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
    } finally {
      await stack.kafka.kill('SIGCONT')
    }
    await expect.poll(() => bus.check().then(() => 'ok', String), patience).toBe('ok')
  })
})

if (typeof possible === 'string') it('needs a broker', (test) => test.skip(possible))
