import type { Logger } from '../logging/logger.ts'
import type { Metrics } from './metrics.ts'
import type { LoopEvent } from './telemetry.ts'

/** Turns the events of loops into numbers. Never throws. */
export function loopMetrics(metrics: Metrics, _log: Logger): (event: LoopEvent) => void {
  return (event) => metrics.events.inc({ kind: event.kind })
}
