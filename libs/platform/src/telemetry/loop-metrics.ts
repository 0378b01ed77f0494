import type { LoopEvent } from '@virga/orchestration'
import type { Logger } from '../logging/logger.ts'
import type { Metrics } from './metrics.ts'

/** Stages that hold the graphics device while they run. */
const onDevice = new Set(['render', 'generate'])

/** Turns the events of loops into numbers and log lines. Never throws. */
export function loopMetrics(metrics: Metrics, log: Logger): (event: LoopEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'beat':
        metrics.beats.inc({ loop: event.loop })
        break
      case 'trouble':
        metrics.troubles.inc({ loop: event.loop })
        log.warn({ loop: event.loop, error: event.error, waitMs: Math.round(event.waitMs) }, 'a loop waits and goes on')
        break
      case 'claimed':
        metrics.running.inc({ stage: event.stage })
        log.debug({ task: event.task, failures: event.failures, ...traceOf(event.trace) }, 'claimed')
        break
      case 'ended': {
        const { stage, outcome, seconds, task, failure } = event
        metrics.running.dec({ stage })
        metrics.tasks.inc({ stage, outcome })
        metrics.taskSeconds.observe({ stage, outcome }, seconds)
        if (onDevice.has(stage)) metrics.gpuSeconds.inc({ stage }, seconds)
        const facts = { task, outcome, seconds: Math.round(seconds * 1000) / 1000, ...traceOf(event.trace) }
        if (failure === undefined) log.info(facts, 'a task has ended')
        else log.warn({ ...facts, reason: failure.reason, message: failure.message }, 'a task has failed')
        break
      }
      case 'expired':
        metrics.leaseExpiries.inc(event.count)
        log.warn({ count: event.count }, 'leases ran out: their tasks are given to others')
        break
      case 'relayed':
        metrics.relayed.inc(event.count)
        metrics.relayAge.set(event.oldestMs / 1000)
        break
      case 'request':
        metrics.requests.inc({ outcome: event.outcome })
        break
      case 'dead-letter':
        metrics.deadLetters.inc({ reason: event.reason })
        log.warn({ reason: event.reason, message: event.message, tenant: event.tenant }, 'given up: see the dead letters')
    }
  }
}

function traceOf(trace: { readonly traceparent?: string } | undefined): object {
  return trace?.traceparent === undefined ? {} : { trace_id: trace.traceparent.split('-')[1] }
}
