import { createHash } from 'node:crypto'
import type { RequestValue } from '@virga/contracts'

/** A line of a bulk file: a good request, or one that must end among the dead letters, and with which code. */
export interface BulkLine {
  readonly text: string
  readonly requestId: string
  /** Absent: it has to succeed. */
  readonly dies?: { readonly how: string; readonly reason: string }
}

export const tenant = 'bulk'
export const cameras = ['front']
export const variants = ['rain-night', 'snow-day']

interface Poison {
  readonly how: string
  readonly reason: string
  readonly spoil: (request: RequestValue) => string
}

const changed = (request: RequestValue, augmentation: object): string =>
  JSON.stringify({ ...request, augmentation: { ...request.augmentation, ...augmentation } })

/** What outsiders get wrong. */
const poisons: readonly Poison[] = [
  { how: 'JSON cut off', reason: 'VIRGA_BAD_INPUT', spoil: (request) => JSON.stringify(request).slice(0, -20) },
  {
    how: 'a schema of the future',
    reason: 'VIRGA_FUTURE_VERSION',
    spoil: (request) => JSON.stringify({ ...request, schema: 'virga.request/2' }),
  },
  { how: 'a misspelt field', reason: 'VIRGA_BAD_INPUT', spoil: (request) => changed(request, { camera: 'front' }) },
  { how: 'no variants', reason: 'VIRGA_BAD_INPUT', spoil: (request) => changed(request, { variants: [] }) },
  { how: 'more than 64 KiB', reason: 'VIRGA_TOO_LARGE', spoil: (request) => changed(request, { labels: { note: 'x'.repeat(70_000) } }) },
  { how: 'an unknown scenario', reason: 'VIRGA_NOT_FOUND', spoil: (request) => changed(request, { scenario: 'scenarios/nowhere' }) },
  { how: 'an unknown camera', reason: 'VIRGA_UNKNOWN_NAME', spoil: (request) => changed(request, { cameras: ['roof'] }) },
  { how: 'an unknown bundle', reason: 'VIRGA_UNKNOWN_NAME', spoil: (request) => changed(request, { bundle: 'bundles/grand' }) },
  {
    how: 'weather that the bundle does not know',
    reason: 'VIRGA_UNKNOWN_NAME',
    spoil: (request) => changed(request, { variants: [{ look: { weather: 'frogs', lighting: 'night' } }] }),
  },
  {
    how: 'frames beyond the end of the drive',
    reason: 'VIRGA_OUT_OF_RANGE',
    spoil: (request) => changed(request, { generation: { frames: 900_000 } }),
  },
]

/** The lines of a bulk file, the poisoned ones spread among the good ones. The same counts give the same lines. */
export function bulkLines(count: number, poisoned: number): BulkLine[] {
  return Array.from({ length: count }, (_, i): BulkLine => {
    const request = goodRequest(i)
    const before = Math.floor((i * poisoned) / count)
    const poison = Math.floor(((i + 1) * poisoned) / count) > before ? poisons[before % poisons.length] : undefined
    const requestId = request.requestId
    if (poison === undefined) return { text: JSON.stringify(request), requestId }
    return { text: poison.spoil(request), requestId, dies: { how: poison.how, reason: poison.reason } }
  })
}

function goodRequest(index: number): RequestValue {
  const hex = createHash('sha256').update(`bulk ${index}`).digest('hex')
  return {
    schema: 'virga.request/1',
    requestId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    tenant,
    augmentation: {
      scenario: 'scenarios/drive',
      cameras,
      variants: [{ look: { weather: 'rain', lighting: 'night' } }, { look: { weather: 'snow', lighting: 'day' } }],
      generation: { frames: 17 },
      priority: 'PRIORITY_BULK',
      labels: { campaign: 'bulk' },
    },
  }
}
