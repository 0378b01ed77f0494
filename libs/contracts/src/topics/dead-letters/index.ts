import { type ErrorCode, errorCodes, type VirgaError } from '@virga/errors'
import { z } from 'zod'
import { headerText, type HeaderValue } from '../envelope.ts'
import { dayMs } from '../topic.ts'

/**
 * Records that were given up. Key and value are the raw bytes as they came, whatever they are, so there is no schema; the record's own
 * headers stay, and those below join them.
 */
export const deadLettersTopic = {
  name: 'virga.dead-letters.v1',
  purpose: 'Records that could not be read and tasks that were given up, with the reason and the raw bytes; `virga dead-letters` reads it.',
  type: 'virga.dead-letter',
  partitions: 3,
  retentionMs: 30 * dayMs,
} as const

/** Why a record was given up and where it came from. */
export interface DeadLetter {
  readonly reason: ErrorCode
  readonly message: string
  readonly topic: string
  readonly partition: number
  /** Offset within the partition; a decimal number of up to 64 bits, hence text. */
  readonly offset: string
  /** Tries before it was given up, 1 and above. */
  readonly attempts: number
}

const deadLetter = z.object({
  reason: z.string().refine((text): text is ErrorCode => Object.hasOwn(errorCodes, text), 'a code of the closed list'),
  message: z.string(),
  topic: z.string().min(1),
  partition: z.coerce.number().int().nonnegative(),
  offset: z.string().regex(/^\d{1,20}$/),
  attempts: z.coerce.number().int().positive(),
})

export function deadLetterHeaders(error: VirgaError, source: Omit<DeadLetter, 'reason' | 'message'>): Record<string, string> {
  return {
    'virga-dead-reason': error.code,
    'virga-dead-message': error.message.slice(0, 2000),
    'virga-dead-topic': source.topic,
    'virga-dead-partition': String(source.partition),
    'virga-dead-offset': source.offset,
    'virga-dead-attempts': String(source.attempts),
  }
}

/** Undefined when the headers are not those of a dead letter. */
export function deadLetterIn(headers: Readonly<Record<string, HeaderValue>>): DeadLetter | undefined {
  const names = ['reason', 'message', 'topic', 'partition', 'offset', 'attempts'] as const
  const parsed = deadLetter.safeParse(Object.fromEntries(names.map((name) => [name, headerText(headers[`virga-dead-${name}`])])))
  return parsed.success ? parsed.data : undefined
}
