import { VirgaError } from '@virga/errors'
import type { z } from 'zod'
import { nearNames } from './near-names.ts'
import { maskSources } from './spec.ts'

/** `controls.edge.rules[2].mask.track` for the keys on the way to a place in a document. */
export function documentPath(keys: readonly PropertyKey[]): string {
  return keys.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('')
}

/** The place in the text of a document, where it is known. */
export type LineOf = (keys: readonly PropertyKey[]) => number | undefined

/** The first thing that is wrong with a document, with its file, its line and its path in the document. */
export function documentError(error: z.ZodError, file: string, lineOf: LineOf): VirgaError {
  const { keys, message } = deepest(error.issues[0], [])
  return placedError('the control map cannot be used', { file, keys, lineOf, expected: message })
}

/** An error at a place in a document. */
export function placedError(
  what: string,
  place: { readonly file: string; readonly keys: readonly PropertyKey[]; readonly lineOf?: LineOf; readonly expected: string },
): VirgaError {
  const line = place.lineOf?.(place.keys)
  return new VirgaError('VIRGA_BAD_INPUT', what, {
    file: place.file,
    ...(line === undefined ? {} : { record: `line ${line}` }),
    ...(place.keys.length === 0 ? {} : { field: documentPath(place.keys) }),
    expected: place.expected,
  })
}

const words = [
  ...['schema', 'name', 'description', 'extends', 'forWidth', 'masks', 'controls', 'finally', 'rules', 'weight', 'mask', 'blend'],
  ...['ease', 'keys', 'frame', 'seconds', 'tensor', 'file', 'fit', 'threshold', 'length', 'image', 'labels', 'contains'],
  ...['from', 'to', 'soft', 'grow', 'feather', ...maskSources],
]

function keyAdvice(key: string): string {
  const near = nearNames(key, new Set(words), 3)
  return `no such key here${near.length === 0 ? '' : `; near it: ${near.join(', ')}`}`
}

interface Found {
  readonly keys: readonly PropertyKey[]
  readonly message: string
}

/**
 * A value that fits none of several forms fails in each of them: what is told is the failure of the form that was meant, the one that
 * got furthest into the value, or all the forms when none got anywhere.
 */
function deepest(issue: z.core.$ZodIssue, before: readonly PropertyKey[]): Found {
  const keys = [...before, ...issue.path]
  if (issue.code === 'unrecognized_keys') return { keys: [...keys, issue.keys[0]], message: keyAdvice(issue.keys[0]) }
  if (issue.code !== 'invalid_union') return { keys, message: told(issue) }
  const forms = issue.errors.map(([first]) => ({ found: deepest(first, keys), matched: !isWrongType(first) }))
  const meant = forms
    .filter(({ matched }) => matched)
    .sort((a, b) => b.found.keys.length - a.found.keys.length)
    .at(0)
  if (meant !== undefined) return meant.found
  return { keys, message: `one of: ${[...new Set(forms.map(({ found }) => found.message))].join('; ')}` }
}

const isWrongType = (issue: z.core.$ZodIssue): boolean => issue.path.length === 0 && issue.code === 'invalid_type'

function told(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.expected}${issue.input === undefined ? '' : `, not ${typeof issue.input}`}`
    case 'invalid_value':
      return issue.values.length === 1 ? JSON.stringify(issue.values[0]) : `one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `${issue.origin === 'array' ? 'a list of ' : ''}at least ${String(issue.minimum)}`
    case 'too_big':
      return `${issue.origin === 'array' ? 'a list of ' : ''}at most ${String(issue.maximum)}`
    default:
      return issue.message.replace(/^expected /, '')
  }
}
