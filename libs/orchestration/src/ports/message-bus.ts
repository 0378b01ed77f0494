import type { IncomingRecord, OutgoingRecord } from '@virga/contracts'

/** A record as a consumer gets it, with its place. */
export interface ReceivedRecord extends IncomingRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  /** Milliseconds since the Unix epoch by the broker's clock. */
  readonly timestampMs: number
}

export interface ConsumeOptions {
  /** Consumers of one group share the partitions of the topics. */
  readonly group: string
  readonly topics: readonly string[]
  /** Where a group that never committed begins; default earliest. */
  readonly from?: 'earliest' | 'latest'
  /**
   * The record is committed when this resolves. When it rejects, the same record comes again after a back-off and the partition waits: reject only
   * for what passes by itself (a database that is away), and put what never will into the dead letters.
   */
  onRecord(record: ReceivedRecord): Promise<void>
}

export interface Consumption {
  /** Takes no more records of these topics until `resume`; keeps its place in the group. */
  pause(topics: readonly string[]): void
  resume(topics: readonly string[]): void
  /** Finishes the record in hand, commits, and leaves the group. */
  close(): Promise<void>
}

/**
 * Port to the topics. At least once, in order within a partition; a key always goes to the same partition. `libs/adapters/test/message-bus.contract.ts`
 * is the suite that every adapter passes.
 */
export interface MessageBus {
  /** Resolves when all records are kept (every in-sync replica). @throws VirgaError VIRGA_UNAVAILABLE when the broker cannot be reached in time */
  publish(records: readonly OutgoingRecord[]): Promise<void>
  consume(options: ConsumeOptions): Promise<Consumption>
  /** Whether the broker answers now. @throws VirgaError VIRGA_UNAVAILABLE */
  check(): Promise<void>
  close(): Promise<void>
}
