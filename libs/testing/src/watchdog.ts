import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Watches from another thread: a run that has not ended after `maxMs` is printed with its input and ends the process, which the thread that
 * hangs could not do; the peak of the resident memory is kept.
 */
export class Watchdog {
  #worker: Worker
  #state = new BigInt64Array(new SharedArrayBuffer(32))
  #input: Uint8Array

  constructor(name: string, maxMs: number, largestInput: number) {
    this.#input = new Uint8Array(new SharedArrayBuffer(largestInput))
    this.#worker = new Worker(watch, { eval: true, execArgv: [], workerData: { name, maxMs, state: this.#state, input: this.#input } })
  }

  /** Resolves when it is watching. */
  async ready(): Promise<void> {
    await once(this.#worker, 'online')
    this.#worker.unref()
  }

  begin(run: number, input: Uint8Array): void {
    const shown = Math.min(input.length, this.#input.length)
    this.#input.set(input.subarray(0, shown))
    Atomics.store(this.#state, 2, BigInt(shown))
    Atomics.store(this.#state, 1, BigInt(run))
    Atomics.store(this.#state, 0, BigInt(Date.now()))
  }

  end(): void {
    Atomics.store(this.#state, 0, 0n)
  }

  /** Largest resident memory seen, bytes. */
  get peakRss(): number {
    return Number(Atomics.load(this.#state, 3))
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** The other thread's program, in a string so that it needs no file of its own in a bundled test runner. */
const watch = `
  const { workerData: { name, maxMs, state, input } } = require('node:worker_threads')
  const { writeSync } = require('node:fs')
  setInterval(() => {
    const rss = BigInt(process.memoryUsage.rss())
    if (rss > Atomics.load(state, 3)) Atomics.store(state, 3, rss)
    const begun = Atomics.load(state, 0)
    if (begun === 0n || Date.now() - Number(begun) < maxMs) return
    const hex = Buffer.from(input.subarray(0, Number(Atomics.load(state, 2)))).toString('hex')
    writeSync(2, 'fuzz ' + name + ': run ' + Atomics.load(state, 1) + ' hangs for more than ' + maxMs + ' ms on the input (hex)\\n' + hex + '\\n')
    process.kill(process.pid, 'SIGKILL')
  }, 25)
`
