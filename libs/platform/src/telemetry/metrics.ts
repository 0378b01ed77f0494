import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Everything that is counted. Names end in their unit; labels are closed sets, never ids. */
export interface Metrics {
  readonly registry: Registry
  readonly tasks: Counter<'stage' | 'outcome'>
  readonly taskSeconds: Histogram<'stage' | 'outcome'>
  readonly running: Gauge<'stage'>
  readonly gpuSeconds: Counter<'stage'>
  readonly leaseExpiries: Counter
  readonly deadLetters: Counter<'reason'>
  readonly requests: Counter<'outcome'>
  readonly beats: Counter<'loop'>
  readonly troubles: Counter<'loop'>
  readonly relayAge: Gauge
  readonly relayed: Counter
  readonly calls: Counter<'method' | 'status'>
  readonly callSeconds: Histogram<'method'>
  readonly blobs: Counter<'operation' | 'outcome'>
  readonly blobBytes: Counter<'operation'>
  readonly restarts: Counter<'part'>
}

/** Seconds from a fast task to a long video on a slow machine. */
const taskBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600]
const callBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]

/** A registry of its own for each service, so that several can live in one process. */
export function openMetrics(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    tasks: new Counter({ name: 'virga_tasks_total', help: 'Tries that ended here', labelNames: ['stage', 'outcome'], registers }),
    taskSeconds: new Histogram({
      name: 'virga_task_seconds',
      help: 'Time from claim to end of a try',
      labelNames: ['stage', 'outcome'],
      buckets: taskBuckets,
      registers,
    }),
    running: new Gauge({ name: 'virga_tasks_running', help: 'Tasks under way here', labelNames: ['stage'], registers }),
    gpuSeconds: new Counter({
      name: 'virga_gpu_seconds_total',
      help: 'Time in which a task of a stage that uses the graphics device held it',
      labelNames: ['stage'],
      registers,
    }),
    leaseExpiries: new Counter({ name: 'virga_lease_expiries_total', help: 'Leases that ran out, as found by sweeps here', registers }),
    deadLetters: new Counter({
      name: 'virga_dead_letters_total',
      help: 'Tasks and records given up here',
      labelNames: ['reason'],
      registers,
    }),
    requests: new Counter({
      name: 'virga_requests_total',
      help: 'Records of the request topics read here',
      labelNames: ['outcome'],
      registers,
    }),
    beats: new Counter({ name: 'virga_loop_beats_total', help: 'Turns of loops, idle ones too', labelNames: ['loop'], registers }),
    troubles: new Counter({
      name: 'virga_loop_troubles_total',
      help: 'Waits of loops for what passes by itself',
      labelNames: ['loop'],
      registers,
    }),
    relayAge: new Gauge({
      name: 'virga_outbox_age_seconds',
      help: 'Age of the oldest note of the last batch that was published',
      registers,
    }),
    relayed: new Counter({ name: 'virga_outbox_relayed_total', help: 'Notes published from the outbox', registers }),
    calls: new Counter({ name: 'virga_grpc_calls_total', help: 'Calls that ended', labelNames: ['method', 'status'], registers }),
    callSeconds: new Histogram({
      name: 'virga_grpc_call_seconds',
      help: 'Time from call to status',
      labelNames: ['method'],
      buckets: callBuckets,
      registers,
    }),
    blobs: new Counter({ name: 'virga_blobs_total', help: 'Blobs written and read', labelNames: ['operation', 'outcome'], registers }),
    blobBytes: new Counter({
      name: 'virga_blob_bytes_total',
      help: 'Bytes of blobs written and read',
      labelNames: ['operation'],
      registers,
    }),
    restarts: new Counter({
      name: 'virga_part_restarts_total',
      help: 'Parts that failed and were started again',
      labelNames: ['part'],
      registers,
    }),
  }
}
