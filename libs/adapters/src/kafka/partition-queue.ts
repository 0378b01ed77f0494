import { setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedRecord } from '@virga/orchestration'

/** Back-off after a record was rejected, in milliseconds; it doubles. */
const firstWaitMs = 50
const longestWaitMs = 5000

/** Records fetched ahead of the one in hand, per partition. */
const most = 500
const mostBytes = 512 * 1024

export interface PartitionOwner {
  onRecord(record: ReceivedRecord): Promise<void>
  /** Every record before `offset` is done. */
  onDone(offset: bigint): unknown
  /** No more records should be fetched (`true`), or may be again. */
  onFull(full: boolean): unknown
  onRejected(record: ReceivedRecord, error: unknown): void
}

/**
 * The records of one partition that this consumer has fetched, given to `onRecord` one after the other; one that is rejected is given again after a
 * back-off, while other partitions go on.
 */
export class PartitionQueue {
  readonly #owner: PartitionOwner
  readonly #records: ReceivedRecord[] = []
  readonly #closing = new AbortController()
  #bytes = 0
  #full = false
  #paused: boolean
  /** Records before it were done here. */
  #next = 0n
  #working: Promise<void> | undefined

  constructor(owner: PartitionOwner, paused: boolean) {
    this.#owner = owner
    this.#paused = paused
  }

  add(records: readonly ReceivedRecord[]): void {
    for (const record of records) {
      this.#records.push(record)
      this.#bytes += record.value?.length ?? 0
    }
    this.#tellFull()
    this.#wake()
  }

  /** The group was joined anew: what was not committed will be fetched again, and what is done here already is then passed over. */
  restart(): void {
    this.#records.length = 0
    this.#bytes = 0
    this.#tellFull()
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#wake()
  }

  /** Takes no more records; resolves when the one in hand is done. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.restart()
    await this.#working
  }

  #wake(): void {
    if (this.#paused || this.#closing.signal.aborted || this.#records.length === 0) return
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
      this.#wake()
    })
  }

  async #work(): Promise<void> {
    while (!this.#paused && !this.#closing.signal.aborted) {
      const record = this.#records.shift()
      if (record === undefined) return
      this.#bytes -= record.value?.length ?? 0
      this.#tellFull()
      if (BigInt(record.offset) >= this.#next && !(await this.#done(record))) return
      const after = BigInt(record.offset) + 1n
      if (after > this.#next) this.#next = after
      this.#owner.onDone(this.#next)
    }
  }

  /** Whether the record was done; false when this was closed during a back-off. */
  async #done(record: ReceivedRecord): Promise<boolean> {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        await this.#owner.onRecord(record)
        return true
      } catch (error) {
        this.#owner.onRejected(record, error)
      }
      const jittered = waitMs * (0.5 + Math.random() / 2)
      await sleep(jittered, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      if (this.#closing.signal.aborted) return false
    }
  }

  #tellFull(): void {
    const { length } = this.#records
    const full = this.#full ? length > most / 2 || this.#bytes > mostBytes / 2 : length > most || this.#bytes > mostBytes
    if (full === this.#full) return
    this.#full = full
    this.#owner.onFull(full)
  }
}
