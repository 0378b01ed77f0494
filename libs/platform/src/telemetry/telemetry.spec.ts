import type { BlobStore } from '@virga/augmentation'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import { loopMetrics } from './loop-metrics.ts'
import { measuredStore } from './measured-store.ts'
import { openMetrics } from './metrics.ts'
import { openTelemetry, type Telemetry } from './telemetry.ts'
import { tracedPerform } from './traced-perform.ts'
import { openTracing, type Tracing } from './tracing.ts'
import type { ClaimedTask } from '@virga/catalog'

const exporter = new InMemorySpanExporter()
let tracing: Tracing
let telemetry: Telemetry
const metrics = openMetrics('test')

beforeAll(async () => {
  tracing = await openTracing('test', undefined, [new SimpleSpanProcessor({ exporter })])
  telemetry = openTelemetry(metrics, tracing.tracer, loopMetrics(metrics, pino({ level: 'silent' })))
})
afterAll(() => tracing.close())

const task: ClaimedTask = {
  lease: { task: 'a1/generate.front.rain-night', fence: 1 },
  augmentation: 'a1',
  key: 'generate.front.rain-night',
  tenant: 'default',
  stage: 'generate',
  priority: 'normal',
  input: {},
  failures: 0,
  leaseMs: 1000,
}

describe('traces', () => {
  it('run from a call over record headers to the diffusion steps of a worker', async () => {
    let trace = {}
    await telemetry.span('CreateAugmentation', {}, async () => void (trace = telemetry.inject()))
    expect(trace).toMatchObject({ traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) as string })

    const events: string[] = []
    const perform = tracedPerform(telemetry, { report: ({ kind }) => events.push(kind) }, async (_task, { progress }) => {
      progress.report({ kind: 'stage-started', stage: 'generate rain/night', total: 2, unit: 'steps' })
      for (const done of [0, 1, 2]) progress.report({ kind: 'stage-progress', stage: 'generate rain/night', done, total: 2, unit: 'steps' })
      progress.report({ kind: 'stage-finished', stage: 'generate rain/night', reused: false, key: 'k' })
      progress.report({ kind: 'stage-started', stage: 'encode' })
      return {}
    })
    await perform(task, { signal: new AbortController().signal, trace })
    expect(events).toHaveLength(6)

    const spans = exporter.getFinishedSpans()
    const parentOf = (name: string): string | undefined => {
      const span = spans.find((one) => one.name === name)
      return spans.find((one) => one.spanContext().spanId === span?.parentSpanContext?.spanId)?.name
    }
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
    expect(parentOf('task generate')).toBe('CreateAugmentation')
    expect(parentOf('generate rain/night')).toBe('task generate')
    expect([parentOf('steps 1'), parentOf('steps 2')]).toEqual(['generate rain/night', 'generate rain/night'])
    expect(parentOf('encode')).toBe('task generate')
  })

  it('tell the code of a failure', async () => {
    exporter.reset()
    await expect(telemetry.span('broken', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({ 'virga.reason': 'VIRGA_INTERNAL' })
  })
})

describe('metrics', () => {
  it('count what loops tell', async () => {
    const of = { task: 'a1/render.front', stage: 'render', tenant: 'default' } as const
    telemetry.onEvent({ kind: 'claimed', failures: 0, ...of })
    telemetry.onEvent({ kind: 'ended', outcome: 'accepted', seconds: 2.5, ...of })
    telemetry.onEvent({ kind: 'expired', count: 3 })
    telemetry.onEvent({ kind: 'dead-letter', reason: 'VIRGA_BAD_INPUT', message: 'x' })
    telemetry.onEvent({ kind: 'relayed', count: 7, oldestMs: 250 })
    const text = await metrics.registry.metrics()
    for (const line of [
      'virga_tasks_total{stage="render",outcome="accepted",service="test"} 1',
      'virga_task_seconds_sum{service="test",stage="render",outcome="accepted"} 2.5',
      'virga_tasks_running{stage="render",service="test"} 0',
      'virga_gpu_seconds_total{stage="render",service="test"} 2.5',
      'virga_lease_expiries_total{service="test"} 3',
      'virga_dead_letters_total{reason="VIRGA_BAD_INPUT",service="test"} 1',
      'virga_outbox_relayed_total{service="test"} 7',
      'virga_outbox_age_seconds{service="test"} 0.25',
    ]) {
      expect(text).toContain(line)
    }
  })

  it('count blobs, and leave the rest of a store as it is', async () => {
    const ref = { sha256: 'a'.repeat(64), size: 5 }
    const store = {
      put: async () => ref,
      async *get() {
        yield new Uint8Array(3)
        yield new Uint8Array(2)
      },
      has: async () => true,
      presign: async () => 'url',
    } as unknown as BlobStore & { presign(): Promise<string> }
    const measured = measuredStore(store, metrics)
    await measured.put(new Uint8Array(5))
    for await (const _ of measured.get(ref)) continue
    expect([await measured.has(ref), await measured.presign()]).toEqual([true, 'url'])
    const text = await metrics.registry.metrics()
    expect(text).toContain('virga_blob_bytes_total{operation="put",service="test"} 5')
    expect(text).toContain('virga_blobs_total{operation="get",outcome="ok",service="test"} 1')
  })
})
