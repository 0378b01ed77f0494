import type { Clock, Progress, ProgressEvent } from '@virga/augmentation'
import { clockTime, rate } from './format.ts'

export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

interface Running {
  readonly stage: string
  readonly startedAt: number
  done: number
  total: number | undefined
  unit: string
  shownAt: number
  shownTenth: number
}

const redrawMs = 100
const plainLineMs = 5_000

/**
 * Shows progress to a person: on a terminal one line that is redrawn, with rate and time left; into a file or pipe plain lines, at most
 * one in five seconds for each stage besides its start and end.
 */
export class ProgressView implements Progress {
  readonly #out: Terminal
  readonly #clock: Clock
  #running: Running | undefined
  #lineIsOpen = false
  reused = 0
  made = 0

  constructor(out: Terminal, clock: Clock) {
    this.#out = out
    this.#clock = clock
  }

  report(event: ProgressEvent): void {
    const now = this.#clock.now()
    switch (event.kind) {
      case 'stage-started':
        this.#running = {
          stage: event.stage,
          startedAt: now,
          done: 0,
          total: event.total,
          unit: event.unit ?? '',
          shownAt: now,
          shownTenth: 0,
        }
        if (this.#out.isTTY === true) this.#draw(now)
        else this.#line(`${event.stage}: started${event.total === undefined ? '' : `, ${event.total} ${event.unit ?? ''}`.trimEnd()}`)
        return
      case 'stage-progress':
        this.#advance(event, now)
        return
      case 'stage-finished':
        this.#finish(event.stage, event.reused, now)
        return
      case 'note':
        this.#line(`note: ${event.message}`)
        return
    }
  }

  /** A line of its own, above the bar. */
  message(text: string): void {
    this.#line(text)
  }

  /** Takes an unfinished bar away, before other output or the end. */
  close(): void {
    if (this.#lineIsOpen) this.#out.write('\r\x1b[K')
    this.#lineIsOpen = false
    this.#running = undefined
  }

  #advance(event: Extract<ProgressEvent, { kind: 'stage-progress' }>, now: number): void {
    const running = this.#running
    if (running?.stage !== event.stage) return
    running.done = event.done
    running.total = event.total ?? running.total
    if (this.#out.isTTY === true) {
      if (now - running.shownAt >= redrawMs || running.done === running.total) this.#draw(now)
    } else if (now - running.shownAt >= plainLineMs) {
      running.shownAt = now
      this.#line(`${running.stage}: ${this.#amount(running, now)}`)
    }
  }

  #finish(stage: string, reused: boolean, now: number): void {
    const running = this.#running?.stage === stage ? this.#running : undefined
    this.#running = undefined
    if (reused) {
      this.reused++
      this.#line(`${stage}: reused`)
      return
    }
    this.made++
    const seconds = running === undefined ? 0 : (now - running.startedAt) / 1000
    const pace = running?.total === undefined || seconds <= 0 ? '' : `, ${rate(running.total / seconds)} ${running.unit}/s`
    this.#line(`${stage}: done in ${seconds.toFixed(1)} s${pace}`)
  }

  #draw(now: number): void {
    const running = this.#running
    if (running === undefined) return
    running.shownAt = now
    const part = running.total === undefined || running.total === 0 ? 0 : running.done / running.total
    const width = 24
    const bar = '█'.repeat(Math.round(part * width)).padEnd(width, '░')
    const text = `${running.stage}  ${bar}  ${this.#amount(running, now)}`
    this.#out.write(`\r\x1b[K${text.slice(0, Math.max(20, (this.#out.columns ?? 120) - 1))}`)
    this.#lineIsOpen = true
  }

  #amount(running: Running, now: number): string {
    const seconds = (now - running.startedAt) / 1000
    const perSecond = seconds > 0 ? running.done / seconds : Number.NaN
    const of = running.total === undefined ? '' : `/${running.total}`
    const pace = running.done > 0 ? `  ${rate(perSecond)} ${running.unit}/s` : ''
    const left = running.total === undefined || running.done === 0 ? '' : `  ${clockTime((running.total - running.done) / perSecond)} left`
    return `${running.done}${of} ${running.unit}${pace}${left}`
  }

  #line(text: string): void {
    if (this.#lineIsOpen) this.#out.write('\r\x1b[K')
    this.#lineIsOpen = false
    this.#out.write(`${text}\n`)
    if (this.#out.isTTY === true) this.#draw(this.#clock.now())
  }
}
