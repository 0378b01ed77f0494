import { VirgaError } from '@virga/errors'

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>='

export interface Condition {
  /** Parts joined by ".", such as "labels.team". */
  readonly field: string
  readonly comparator: Comparator
  readonly value: string
  /** Of the field in the text, counted from 1. */
  readonly position: number
}

const longest = 4096
const most = 32

/** A word is a field, a bare value or AND; what is none of these is refused where it stands. */
const token = /\s*(?:(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<comparator>!=|<=|>=|=|<|>)|(?<word>[\p{L}\p{N}_.:/*+-]+))/uy

interface Token {
  readonly kind: 'string' | 'comparator' | 'word'
  readonly text: string
  readonly position: number
}

/**
 * Reads the part of AIP-160 (https://google.aip.dev/160) that Virga's lists take: comparisons of a field with a value, joined by AND. Values
 * are in quotation marks or single words; `\` quotes a character within quotation marks. An empty text gives no conditions.
 *
 * @throws VirgaError VIRGA_USAGE naming the position, counted from 1, and what was expected there
 */
export function parseFilter(text: string): Condition[] {
  if (text.length > longest) throw filterError(`the filter has ${text.length} characters`, `at most ${longest}`)
  const tokens = tokensOf(text)
  const at = (i: number): Token | undefined => tokens[i]
  const refuse = (i: number, expected: string): never => {
    const found = at(i)
    throw filterError(
      found === undefined ? 'the filter ends too early' : `"${found.text}" at position ${found.position} of the filter`,
      expected,
    )
  }
  const conditions: Condition[] = []
  for (let i = 0; i < tokens.length; i += 4) {
    if (conditions.length === most) throw filterError('too many comparisons in the filter', `at most ${most}`)
    const [field, comparator, value, and] = [at(i), at(i + 1), at(i + 2), at(i + 3)]
    if (field?.kind !== 'word' || isKeyword(field) || !/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(field.text))
      return refuse(i, field !== undefined && /^(NOT|-.*)$/.test(field.text) ? 'a field; NOT is not taken, "!=" is' : 'a field')
    if (comparator?.kind !== 'comparator') return refuse(i + 1, `a comparison of ${field.text}: =, !=, <, <=, > or >=`)
    if (value === undefined || value.kind === 'comparator' || isKeyword(value))
      return refuse(i + 2, 'a value, in quotation marks or one word')
    if (and !== undefined && !(and.kind === 'word' && and.text === 'AND')) return refuse(i + 3, 'AND, which alone joins comparisons here')
    if (and !== undefined && at(i + 4) === undefined) return refuse(i + 4, 'a field after AND')
    conditions.push({
      field: field.text,
      comparator: comparator.text as Comparator,
      value: value.kind === 'string' ? value.text.slice(1, -1).replace(/\\(.)/gsu, '$1') : value.text,
      position: field.position,
    })
  }
  return conditions
}

/** The error of a filter that cannot be used. */
export function filterError(message: string, expected: string): VirgaError {
  return new VirgaError('VIRGA_USAGE', message, { field: 'filter', expected })
}

const isKeyword = ({ kind, text }: Token): boolean => kind === 'word' && /^(AND|OR|NOT)$/.test(text)

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const from = token.lastIndex
    const found = token.exec(text)
    if (found === null) {
      const position = from + (text.slice(from).length - text.slice(from).trimStart().length)
      const what = /["']/.test(text.charAt(position)) ? 'a quotation mark that is not closed' : `"${text.charAt(position)}"`
      throw filterError(`${what} at position ${position + 1} of the filter`, 'FIELD = VALUE, joined by AND')
    }
    const groups = found.groups as Partial<Record<Token['kind'], string>>
    const kind = groups.string === undefined ? (groups.comparator === undefined ? 'word' : 'comparator') : 'string'
    const own = groups[kind] ?? ''
    tokens.push({ kind, text: own, position: token.lastIndex - own.length + 1 })
  }
  return tokens
}
