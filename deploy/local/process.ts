import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { VirgaError } from '@virga/errors'
import { forget, remember } from './stale.ts'

/** How a server is started and known to be ready. */
export interface ServerSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** Ends it in good order and soon. */
  readonly stopSignal: NodeJS.Signals
  /** What its clients need to find it. */
  readonly env: Readonly<Record<string, string>>
  /** @param logged what it has written since it was started */
  isReady(logged: () => string): Promise<boolean>
  /** Whether a start that failed with this in its log may be tried again: what a killed predecessor holds passes. */
  readonly passes?: RegExp
}

/** A server that can be killed and started again over the same data, on the same port. */
export interface Process {
  readonly name: string
  /** Its process id; undefined while it does not run. */
  readonly pid: number | undefined
  readonly stopSignal: NodeJS.Signals
  /** Sends the signal. Resolves when the process has ended; at once for SIGSTOP, SIGCONT and when none runs. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Starts it when it does not run; does not wait. */
  start(): void
  /** @throws VirgaError VIRGA_UNAVAILABLE when it is not ready in time (default 60 s), with the end of its log */
  waitReady(timeoutMs?: number): Promise<void>
}

/** How long a server may take to end in good order before it is killed. */
const stopMs = 20_000
const pollMs = 50

export function launch(spec: ServerSpec, folder: string, onExit: (why: string) => void): Process {
  const logFile = join(folder, 'logs', `${spec.name}.log`)
  let child: ChildProcess | undefined
  let asked = false
  let logFrom = 0

  const logged = () => readFileSync(logFile).subarray(logFrom).toString()
  const start = () => {
    if (child !== undefined) return
    asked = false
    const log = openSync(logFile, 'a')
    logFrom = statSync(logFile).size
    // A group of its own: Ctrl-C in a terminal reaches this process alone, which then stops the servers in good order.
    const started = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      detached: true,
      env: { ...process.env, ...spec.environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child = started
    if (started.pid !== undefined) remember(folder, spec.name, started.pid)
    const over = (why: string) => {
      if (child !== started) return
      child = undefined
      forget(folder, spec.name)
      if (!asked) onExit(why)
    }
    started.once('error', (error) => over(error.message))
    started.once('exit', (code, signal) => over(signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`))
  }
  const kill = async (signal: NodeJS.Signals) => {
    const target = child
    if (target?.pid === undefined) return
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void target.kill(signal)
    asked = true
    const ended = new Promise<void>((done) => target.once('exit', () => done()))
    target.kill(signal)
    const late = setTimeout(() => target.kill('SIGKILL'), stopMs)
    await ended
    clearTimeout(late)
  }
  const waitReady = async (timeoutMs = 60_000) => {
    for (const deadline = Date.now() + timeoutMs; ; await sleep(pollMs)) {
      if (child === undefined) {
        if (spec.passes?.test(logged()) !== true || Date.now() > deadline) throw notReady(spec.name, 'ended', logFile, logged())
        await sleep(10 * pollMs)
        start()
      } else if (await spec.isReady(logged)) return
      if (Date.now() > deadline) throw notReady(spec.name, `was not ready after ${timeoutMs / 1000} s`, logFile, logged())
    }
  }
  return {
    name: spec.name,
    stopSignal: spec.stopSignal,
    get pid() {
      return child?.pid
    },
    kill,
    start,
    waitReady,
  }
}

function notReady(name: string, what: string, logFile: string, logged: string): VirgaError {
  return new VirgaError('VIRGA_UNAVAILABLE', `${name} ${what}; its log ends with: ${logged.trim().slice(-1500)}`, { file: logFile })
}
