import { context, type Span, trace } from '@opentelemetry/api'
import type { Progress, ProgressEvent } from '@virga/augmentation'
import type { Telemetry } from './telemetry.ts'

/** Longest run of spans that one stage may make: a long video has thousands of frames, and a trace is read by people. */
const mostSteps = 256

interface OpenStage {
  readonly span: Span
  /** Milliseconds since the epoch. */
  readonly since: number
  step?: Span
  steps: number
}

/**
 * Progress that also draws a trace: a span for each stage of a task, below it one for each diffusion step or other unit, from one report to
 * the next. Call `end` when the task ends.
 */
export function tracedProgress(telemetry: Telemetry, progress: Progress): Progress & { end(): void } {
  const parent = context.active()
  const open = new Map<string, OpenStage>()
  const begin = (name: string, below = parent): Span => telemetry.tracer.startSpan(name, {}, below)
  const close = (stage: string): void => {
    const found = open.get(stage)
    found?.step?.end()
    found?.span.end()
    open.delete(stage)
  }
  const note = (event: ProgressEvent): void => {
    switch (event.kind) {
      case 'stage-started':
        close(event.stage)
        open.set(event.stage, { span: begin(event.stage), since: Date.now(), steps: 0 })
        break
      case 'stage-progress': {
        const stage = open.get(event.stage)
        if (stage === undefined) break
        const unit = event.unit ?? 'unit'
        const below = trace.setSpan(parent, stage.span)
        // Who reports a step only when it is done says nothing at the beginning of the first one.
        if (event.done > 0 && stage.steps === 0) {
          stage.step = telemetry.tracer.startSpan(`${unit} ${event.done}`, { startTime: stage.since }, below)
          stage.steps = 1
        }
        stage.step?.end()
        stage.step = undefined
        if (event.done === event.total || ++stage.steps > mostSteps) break
        stage.step = begin(`${unit} ${event.done + 1}`, below)
        break
      }
      case 'stage-finished':
        open.get(event.stage)?.span.setAttribute('virga.reused', event.reused)
        close(event.stage)
        break
      case 'note':
        trace.getSpan(parent)?.addEvent(event.message)
    }
  }
  return {
    report: (event) => {
      note(event)
      progress.report(event)
    },
    end: () => {
      for (const stage of [...open.keys()]) close(stage)
    },
  }
}
