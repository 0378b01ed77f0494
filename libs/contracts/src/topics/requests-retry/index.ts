import { z } from 'zod'
import { headerText, type HeaderValue } from '../envelope.ts'
import { dayMs, type Topic } from '../topic.ts'
import { requestExamples } from '../requests/examples.ts'
import { type RequestValue, requestValue } from '../requests/value.ts'

/**
 * Requests that could not be taken for a while (the database or the object store did not answer), so that the partition that they came
 * from goes on. Same key and value as in `virga.requests.v1`; headers `virga-attempt` and `virga-not-before` join the others. Tasks need
 * no such topic: a failed task waits in the catalog and is dispatched again to its own topic.
 */
export const requestsRetryTopic: Topic<RequestValue> = {
  name: 'virga.requests.retry.v1',
  purpose: 'The orchestrator puts requests here that it could not take yet, and reads them again when their time has come.',
  type: 'virga.request',
  schema: 'virga.request/1',
  value: requestValue,
  keyOf: (value) => value.requestId,
  partitions: 6,
  retentionMs: 7 * dayMs,
  examples: requestExamples,
}

/** When a record may be tried again, and how often it was tried. */
export interface RetryInfo {
  /** Tries so far, 1 and above. */
  readonly attempt: number
  /** Milliseconds since the Unix epoch. */
  readonly notBeforeMs: number
}

const retryInfo = z.object({ attempt: z.coerce.number().int().positive().max(1e6), notBeforeMs: z.coerce.number().int().nonnegative() })

export function retryHeaders(info: RetryInfo): Record<string, string> {
  return { 'virga-attempt': String(info.attempt), 'virga-not-before': String(info.notBeforeMs) }
}

/** Undefined when the headers are missing or wrong: try at once, as the first time. */
export function retryInfoIn(headers: Readonly<Record<string, HeaderValue>>): RetryInfo | undefined {
  const raw = { attempt: headerText(headers['virga-attempt']), notBeforeMs: headerText(headers['virga-not-before']) }
  const parsed = retryInfo.safeParse(raw)
  return parsed.success ? parsed.data : undefined
}
