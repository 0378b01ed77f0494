import { createHash } from 'node:crypto'
import { VirgaError } from '@virga/errors'

const usual = 50
const largest = 1000

interface ListRequest {
  readonly pageSize: number
  readonly pageToken: string
}

/**
 * Where a list goes on. Tokens say nothing to callers and belong to one question: another filter, order or parent with the same token is
 * refused, since its pages would not fit together.
 *
 * @param question all that must stay the same from page to page
 * @throws VirgaError VIRGA_BAD_INPUT naming `page_size` or `page_token`
 */
export function pageOf(
  { pageSize, pageToken }: ListRequest,
  question: readonly string[],
): { readonly size: number; readonly after?: string } {
  if (pageSize < 0) throw new VirgaError('VIRGA_BAD_INPUT', `a page of ${pageSize}`, { field: 'page_size', expected: `0 to ${largest}` })
  const size = pageSize === 0 ? usual : Math.min(pageSize, largest)
  if (pageToken === '') return { size }
  const [mark, after] = Buffer.from(pageToken, 'base64url').toString('utf8').split('\n')
  if (mark === undefined || after === undefined || after === '') throw wrongToken('the token is none of ours')
  if (mark !== markOf(question)) throw wrongToken('the token is of another question')
  return { size, after }
}

/** The token of the next page; empty on the last one. */
export function tokenOf(next: string | undefined, question: readonly string[]): string {
  return next === undefined ? '' : Buffer.from(`${markOf(question)}\n${next}`).toString('base64url')
}

/** Pages of what is held in memory, in the order of its names. */
export function slicePage<Item extends { readonly name: string }>(
  all: readonly Item[],
  request: ListRequest,
): { items: Item[]; nextPageToken: string } {
  const { size, after } = pageOf(request, ['all'])
  const left = after === undefined ? all : all.filter(({ name }) => name > after)
  const items = left.slice(0, size)
  return { items, nextPageToken: tokenOf(left.length > size ? items.at(-1)?.name : undefined, ['all']) }
}

const markOf = (question: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12)

const wrongToken = (message: string): VirgaError =>
  new VirgaError('VIRGA_BAD_INPUT', message, { field: 'page_token', expected: 'next_page_token of the page before, all else as then' })
