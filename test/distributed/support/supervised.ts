import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface SupervisedOptions {
  readonly name: string
  /** The TypeScript file that it runs. */
  readonly file: string
  readonly arguments?: readonly string[]
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>
  /** Where its log goes, as `<name>.log`. */
  readonly folder: string
  /** A module that Node loads before the file. */
  readonly preload?: string
}

const alive = new Set<ChildProcess>()
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')))

/**
 * A service as a process of its own that can be killed, stopped and started again; none outlives the process that supervises it. It runs on the
 * very Node of this process, without the launcher in between, so that a signal reaches the service itself.
 */
export class Supervised {
  readonly name: string
  readonly logFile: string
  readonly #options: SupervisedOptions
  #child: ChildProcess | undefined
  #ended: Promise<number | null> = Promise.resolve(null)
  #logFrom = 0

  constructor(options: SupervisedOptions) {
    mkdirSync(options.folder, { recursive: true })
    this.#options = options
    this.name = options.name
    this.logFile = join(options.folder, `${options.name}.log`)
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    if (this.#child !== undefined) return
    const { file, env, preload, arguments: args = [] } = this.#options
    const log = openSync(this.logFile, 'a')
    this.#logFrom = readFileSync(this.logFile).length
    const child = spawn(process.execPath, [...(preload === undefined ? [] : ['--import', preload]), file, ...args], {
      env: { ...process.env, VIRGA_LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#child = child
    alive.add(child)
    this.#ended = new Promise((done) => {
      const over = (code: number | null) => {
        alive.delete(child)
        this.#child = undefined
        done(code)
      }
      child.once('exit', over)
      child.once('error', () => over(null))
    })
  }

  /** Resolves when it has ended, for SIGSTOP and SIGCONT at once. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child?.kill(signal)
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#ended
  }

  /** Its exit status, null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  /** What it has written since it was started. */
  log(): string {
    return readFileSync(this.logFile).subarray(this.#logFrom).toString()
  }

  /** What /readyz says now; undefined while it does not listen. */
  async readiness(): Promise<{ readonly status: number; readonly text: string } | undefined> {
    const port = /"port":(\d+),"msg":"health and metrics over HTTP"/.exec(this.log())?.[1]
    if (port === undefined) return undefined
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) })
      return { status: answer.status, text: await answer.text() }
    } catch {
      return undefined
    }
  }

  /** Resolves when it is ready. @throws Error with the end of its log when it is not in time, or ended */
  async waitReady(timeoutMs = 60_000): Promise<void> {
    for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
      if ((await this.readiness())?.status === 200) return
      const why = this.#child === undefined ? 'ended' : Date.now() > deadline ? `was not ready after ${timeoutMs} ms` : undefined
      if (why !== undefined) throw new Error(`${this.name} ${why}; its log ends with: ${this.log().slice(-2000)}`)
    }
  }
}
