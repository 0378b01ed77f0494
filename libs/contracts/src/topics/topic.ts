import type { z } from 'zod'

/** A topic: its name, what its records hold, and how it is created. */
export interface Topic<Value> {
  /** With the major version of the contract at its end: a change that old readers would misread gets a new topic. */
  readonly name: string
  /** One sentence: who writes it, who reads it. */
  readonly purpose: string
  /** CloudEvents `type` of its records. */
  readonly type: string
  /** `schema` of the values, such as "virga.request/1": name and the version that this release writes and reads. */
  readonly schema: string
  readonly value: z.ZodType<Value>
  /** The record's key: what must stay in order goes to one partition. */
  readonly keyOf: (value: Value) => string
  readonly partitions: number
  readonly retentionMs: number
  /** Values that writers can take as a pattern; tests hold them to the schema. */
  readonly examples: readonly Value[]
}

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** Largest record, key, value and headers together, in bytes. Frames go through the blob store: a message carries references. */
export const largestRecordBytes = 64 * 1024
