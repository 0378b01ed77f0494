import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fromJson } from '@bufbuild/protobuf'
import { VirgaError } from '@virga/errors'
import { fuzz } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { AugmentationSchema } from '../generated/virga/v1/augmentations_pb.js'
import {
  allTopics,
  deadLetterHeaders,
  deadLetterIn,
  decodeRecord,
  encodeRecord,
  type Envelope,
  eventsTopic,
  requestsRetryTopic,
  requestsTopic,
  retryHeaders,
  retryInfoIn,
  stages,
  taskTopics,
  type Topic,
} from './index.ts'

const envelope: Envelope = {
  id: 'e1',
  source: '/virga/test',
  time: '2026-11-23T09:00:00.123Z',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=1',
}
const typed = [requestsTopic, requestsRetryTopic, ...Object.values(taskTopics), eventsTopic] as unknown as Topic<Record<string, unknown>>[]
const [request] = requestsTopic.examples
if (request === undefined) throw new Error('no example')
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const asked = (change: object) => ({ key: request.requestId, value: bytes({ ...request, ...change }) })

describe('topics', () => {
  it('are named, versioned and explained, in the README as in the code', () => {
    expect(allTopics.map(({ name }) => name).sort()).toEqual(
      [
        'virga.requests.v1',
        'virga.requests.retry.v1',
        ...stages.map((stage) => `virga.tasks.${stage}.v1`),
        'virga.events.v1',
        'virga.dead-letters.v1',
      ].sort(),
    )
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = [...readme.matchAll(/^\| `(virga[\w.-]+)` \|.*\| (\d+) \| (\d+) d \|$/gm)]
    const told = Object.fromEntries(rows.map(([, name, partitions, days]) => [name, [Number(partitions), Number(days)]]))
    expect(told).toEqual(Object.fromEntries(allTopics.map((topic) => [topic.name, [topic.partitions, topic.retentionMs / 86_400_000]])))
  })

  it('read what they write, envelope and trace included', () => {
    for (const topic of typed) {
      for (const example of topic.examples) {
        const record = encodeRecord(topic, example, envelope)
        expect(record).toMatchObject({
          topic: topic.name,
          key: topic.keyOf(example),
          headers: { ce_specversion: '1.0', ce_type: topic.type },
        })
        const asBuffers = Object.fromEntries(Object.entries(record.headers).map(([name, text]) => [name, Buffer.from(text)]))
        expect(decodeRecord(topic, { ...record, key: Buffer.from(record.key), headers: asBuffers })).toEqual({
          outcome: 'ok',
          value: example,
          envelope,
        })
      }
    }
  })

  it('ask for what the API asks for: an augmentation in a request is the JSON form of the message', () => {
    for (const { augmentation } of requestsTopic.examples) expect(() => fromJson(AugmentationSchema, augmentation)).not.toThrow()
  })

  it('take a request without any header, as a plain producer writes it', () => {
    expect(decodeRecord(requestsTopic, asked({}))).toEqual({ outcome: 'ok', value: request })
  })

  it('drop a traceparent that is none, and keep the record', () => {
    const record = encodeRecord(requestsTopic, request, {
      ...envelope,
      traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    })
    const read = decodeRecord(requestsTopic, record)
    expect(read.outcome).toBe('ok')
    expect(read).not.toHaveProperty('envelope.traceparent')
  })

  it('tell a future version from a wrong one, before they look at anything else', () => {
    expect(decodeRecord(requestsTopic, { value: bytes({ schema: 'virga.request/2', somethingNew: [] }) })).toMatchObject({
      outcome: 'future-version',
      error: { code: 'VIRGA_FUTURE_VERSION', place: { file: 'virga.requests.v1', field: 'schema', expected: 'virga.request/1' } },
    })
    for (const schema of ['virga.request/0', 'virga.task/2', 'request', 7, null, undefined]) {
      expect(decodeRecord(requestsTopic, asked({ schema }))).toMatchObject({ outcome: 'invalid', error: { place: { field: 'schema' } } })
    }
  })

  it('name the field that is wrong', () => {
    const { augmentation } = request
    const cases: [object, string][] = [
      [{ requestId: 'seven' }, 'requestId'],
      [{ tenant: 'A B' }, 'tenant'],
      [{ augmentation: { ...augmentation, cameras: [] } }, 'augmentation.cameras'],
      [{ augmentation: { ...augmentation, variants: [{ seed: 1 }] } }, 'augmentation.variants.0'],
      [{ augmentation: { ...augmentation, generation: { frames: 0 } } }, 'augmentation.generation.frames'],
      [{ augmentation: { ...augmentation, timeout: '1 hour' } }, 'augmentation.timeout'],
      [{ augmentation: { ...augmentation, varients: [] } }, 'augmentation'],
    ]
    for (const [change, field] of cases) {
      expect(decodeRecord(requestsTopic, asked(change))).toMatchObject({
        outcome: 'invalid',
        error: { code: 'VIRGA_BAD_INPUT', place: { field } },
      })
    }
    expect(decodeRecord(requestsTopic, { ...asked({}), key: randomUUID() })).toMatchObject({
      outcome: 'invalid',
      error: { place: { field: 'key' } },
    })
    expect(decodeRecord(requestsTopic, { key: null, value: null })).toMatchObject({ outcome: 'invalid' })
    expect(decodeRecord(requestsTopic, { value: Buffer.from([0xc3, 0x28]) })).toMatchObject({ outcome: 'invalid' })
    const wrongStage = { ...taskTopics.render.examples[0], stage: 'generate' }
    expect(decodeRecord(taskTopics.render, { key: 'x', value: bytes(wrongStage) })).toMatchObject({
      outcome: 'invalid',
      error: { place: { field: 'stage' } },
    })
  })

  it('refuse above 64 KiB on both sides, headers counted', () => {
    const [first] = eventsTopic.examples
    if (first === undefined) throw new Error('no example')
    const big = {
      ...first,
      kind: 'augmentation' as const,
      state: 'failed' as const,
      failure: { reason: 'x', message: 'y'.repeat(66_000), retryable: false },
    }
    expect(() => encodeRecord(eventsTopic, big, envelope)).toThrow(expect.objectContaining({ code: 'VIRGA_TOO_LARGE' }))
    expect(decodeRecord(eventsTopic, { key: 'k', value: bytes(big) })).toMatchObject({
      outcome: 'invalid',
      error: { code: 'VIRGA_TOO_LARGE' },
    })
    const headers = { junk: Buffer.alloc(66_000) }
    expect(decodeRecord(requestsTopic, { ...asked({}), headers })).toMatchObject({ outcome: 'invalid', error: { code: 'VIRGA_TOO_LARGE' } })
  })

  it('do not write what they would not read', () => {
    expect(() => encodeRecord(requestsTopic, { ...request, tenant: '' }, envelope)).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT' }),
    )
  })

  it('carry reason and source of a dead letter, and the time of a retry, in headers', () => {
    const source = { topic: 'virga.requests.v1', partition: 3, offset: '9007199254740993', attempts: 1 }
    const headers = deadLetterHeaders(new VirgaError('VIRGA_BAD_INPUT', 'no'), source)
    expect(deadLetterIn(headers)).toEqual({ ...source, reason: 'VIRGA_BAD_INPUT', message: 'no' })
    expect(deadLetterIn({ ...headers, 'virga-dead-reason': 'OTHER' })).toBeUndefined()
    expect(retryInfoIn(retryHeaders({ attempt: 2, notBeforeMs: 1_800_000_000_000 }))).toEqual({
      attempt: 2,
      notBeforeMs: 1_800_000_000_000,
    })
    expect(retryInfoIn({})).toBeUndefined()
  })

  it.each(typed.filter((topic) => topic.name !== 'virga.requests.retry.v1' && !/render|generate|publish|evaluate/.test(topic.name)))(
    'read whatever bytes come, without a throw: $name',
    async (topic) => {
      const records = topic.examples.map((example) => encodeRecord(topic, example, envelope))
      const report = await fuzz({
        name: topic.name,
        seedInputs: records.map(({ value }) => value),
        target: (value) => {
          const read = decodeRecord(topic, {
            key: records.find((one) => one.value.equals(value))?.key ?? 'k',
            value,
            headers: { ce_id: value, traceparent: value },
          })
          if (read.outcome !== 'ok') throw read.error
        },
      })
      expect(report.refused).toBeGreaterThan(report.runs / 2)
    },
  )
})
