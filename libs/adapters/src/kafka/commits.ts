import { within } from './within.ts'

/** Longest time that a record is done and not yet committed, in milliseconds; after a kill these records come again. */
const delayMs = 100
const closeMs = 5000

export interface Offset {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** Gathers what is done and commits it, at most every tenth of a second, one request at a time. */
export class Commits {
  readonly #commit: (offsets: readonly Offset[]) => Promise<void>
  readonly #pending = new Map<string, { topic: string; partition: number; offset: bigint }>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #era = 0

  constructor(commit: (offsets: readonly Offset[]) => Promise<void>) {
    this.#commit = commit
  }

  /** @param offset of the record that comes next */
  add(topic: string, partition: number, offset: bigint): void {
    const key = `${topic}/${partition}`
    if ((this.#pending.get(key)?.offset ?? -1n) < offset) this.#pending.set(key, { topic, partition, offset })
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, delayMs)
  }

  /** Drops what waits: the group was joined anew, and somebody else may have committed more since. */
  clear(): void {
    this.#era++
    this.#pending.clear()
  }

  /** Commits all that waits; what the broker does not take stays for the next time. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
    this.#flushing = this.#flushNow().finally(() => (this.#flushing = undefined))
    await this.#flushing
  }

  /** A last try. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await within(closeMs, this.flush()).catch(() => undefined)
    clearTimeout(this.#timer)
  }

  async #flushNow(): Promise<void> {
    const taken = [...this.#pending.values()]
    if (taken.length === 0) return
    this.#pending.clear()
    const era = this.#era
    try {
      await this.#commit(taken.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset.toString() })))
    } catch {
      if (era === this.#era) for (const { topic, partition, offset } of taken) this.add(topic, partition, offset)
    }
  }
}
