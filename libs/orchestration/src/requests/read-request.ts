import { createHash, randomBytes } from 'node:crypto'
import { augmentationRequest } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import type { AugmentationSpec } from '../admission/types.ts'
import type { CreationRequest } from './create-augmentation.ts'

/** Fields of `virga.v1.Augmentation` that only the server sets: ignored in requests (https://google.aip.dev/203#output-only). */
const outputOnly = ['name', 'state', 'failure', 'taskCounts', 'createTime', 'startTime', 'endTime', 'deadlineTime', 'revision', 'etag']

const ids = z.object({
  augmentationId: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, '1 to 63 characters a-z, 0-9 and "-", beginning with a letter')
    .optional(),
  requestId: z.uuid('a UUID').optional(),
})

export interface ReadRequest {
  readonly id: string
  readonly requestId?: string
  readonly spec: AugmentationSpec
}

/**
 * The parts of a request, checked.
 *
 * @throws VirgaError VIRGA_USAGE naming the field
 */
export function readRequest(tenant: string, request: CreationRequest): ReadRequest {
  const { augmentation, augmentationId, requestId } = request
  const named = ids.safeParse({
    augmentationId: augmentationId === '' ? undefined : augmentationId,
    requestId: requestId === '' ? undefined : requestId,
  })
  if (!named.success) throw usage(named.error.issues)
  const given: unknown =
    typeof augmentation === 'object' && augmentation !== null && !Array.isArray(augmentation)
      ? Object.fromEntries(Object.entries(augmentation).filter(([key]) => !outputOnly.includes(key)))
      : augmentation
  const spec = augmentationRequest.safeParse(given)
  if (!spec.success) throw usage(spec.error.issues, 'augmentation')
  const { augmentationId: id, requestId: request_id } = named.data
  return { id: id ?? newId(tenant, request_id), ...(request_id === undefined ? {} : { requestId: request_id }), spec: spec.data }
}

/** The same request id gives the same id, so that a repeated request finds what it made. */
function newId(tenant: string, requestId: string | undefined): string {
  if (requestId === undefined) return `a-${randomBytes(10).toString('hex')}`
  return `a-${createHash('sha256').update(`${tenant}/${requestId.toLowerCase()}`).digest('hex').slice(0, 20)}`
}

function usage(issues: readonly { readonly path: PropertyKey[]; readonly message: string }[], prefix?: string): VirgaError {
  const [first] = issues
  const field = [...(prefix === undefined ? [] : [prefix]), ...(first?.path ?? []).map(String)].join('.').slice(0, 200)
  return new VirgaError('VIRGA_USAGE', 'the request does not say what can be made', { field, expected: first?.message.slice(0, 500) })
}
