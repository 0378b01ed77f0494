import { LineCounter, parseDocument } from 'yaml'
import { VirgaError } from '@virga/errors'
import { documentError, type LineOf, placedError } from './document-error.ts'
import { controlMapDocument, type ControlMapDocument } from './spec.ts'

/** Longest documents, characters, and how deep their values may lie. The YAML parser compares keys with each other, so its time is quadratic. */
const largest = { yaml: 1 << 15, json: 1 << 20 }
const deepest = 40

/** The plain value that a YAML or JSON text holds, with the way back to its lines. */
export interface ReadText {
  readonly value: unknown
  readonly lineOf: LineOf
}

/**
 * Reads YAML 1.2 (of which JSON is a part): plain values only, no tags, duplicate keys or anchors that multiply. Of JSON no lines are known.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file and line
 */
export function readYaml(text: string, file: string): ReadText {
  const json = readJson(text, file)
  if (json !== undefined) return json
  if (text.length > largest.yaml)
    throw new VirgaError('VIRGA_BAD_INPUT', `the document has ${text.length} characters`, {
      file,
      expected: `at most ${largest.yaml}, or JSON`,
    })
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: false,
    })
    const problem = [...document.errors, ...document.warnings].at(0)
    if (problem !== undefined)
      throw new VirgaError('VIRGA_BAD_INPUT', problem.message, {
        file,
        record: `line ${lines.linePos(problem.pos[0]).line}`,
        expected: 'YAML or JSON',
      })
    const value: unknown = document.toJS({ maxAliasCount: 50 })
    expectShallow(value, file)
    const lineOf: LineOf = (keys) => {
      // A key that is missing has no place of its own: that of the value which lacks it is told.
      for (let length = keys.length; length >= 0; length--) {
        const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true)
        const start = (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0]
        if (start !== undefined) return lines.linePos(start).line
      }
      return undefined
    }
    return { value, lineOf }
  } catch (cause) {
    if (cause instanceof VirgaError) throw cause
    // The parser's own limits: too many aliases, values too deep for it.
    const what = cause instanceof RangeError ? 'the document is nested too deeply' : cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', what, { file, expected: 'YAML or JSON' }, { cause })
  }
}

function readJson(text: string, file: string): ReadText | undefined {
  if (text.length > largest.json || !text.trimStart().startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // YAML may begin with a brace too
  }
  expectShallow(value, file)
  return { value, lineOf: () => undefined }
}

function expectShallow(root: unknown, file: string): void {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest)
      throw new VirgaError('VIRGA_BAD_INPUT', 'the document is nested too deeply', { file, expected: `at most ${deepest} levels` })
    level = level.flatMap((value): unknown[] => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
}

/** A document as it is written, `extends` not followed yet, and the places of its parts. */
export interface ReadControlMap {
  readonly document: ControlMapDocument
  readonly file: string
  readonly lineOf: LineOf
}

/**
 * Checks one control-map document.
 *
 * @param file its name, for error messages
 * @throws VirgaError VIRGA_BAD_INPUT naming file, line, path in the document such as controls.edge.rules[2].mask.track, and what was expected
 */
export function checkControlMapDocument({ value, lineOf }: ReadText, file: string): ReadControlMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw placedError('this is no control map', { file, keys: [], expected: 'a document with schema: virga.control-map/1' })
  const parsed = controlMapDocument.safeParse(value, { reportInput: true })
  if (!parsed.success) throw documentError(parsed.error, file, lineOf)
  return { document: parsed.data, file, lineOf }
}
