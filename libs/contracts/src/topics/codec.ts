import { VirgaError } from '@virga/errors'
import { type Envelope, envelopeIn, headersOf, type HeaderValue } from './envelope.ts'
import { largestRecordBytes, type Topic } from './topic.ts'

/** A record as a producer takes it. */
export interface OutgoingRecord {
  readonly topic: string
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A record as a consumer gives it. */
export interface IncomingRecord {
  readonly key?: string | Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: Readonly<Record<string, HeaderValue>>
}

/**
 * What reading a record came to. `invalid` and `future-version` belong into the dead letters with the raw bytes; neither is thrown, so a
 * poisoned record can not stop a consumer. A future version can be redriven once this side is updated.
 */
export type Decoded<Value> =
  | { readonly outcome: 'ok'; readonly value: Value; readonly envelope?: Envelope }
  | { readonly outcome: 'invalid'; readonly error: VirgaError }
  | { readonly outcome: 'future-version'; readonly error: VirgaError }

/**
 * @throws VirgaError VIRGA_BAD_INPUT when the value breaks its own schema, VIRGA_TOO_LARGE above 64 KiB
 */
export function encodeRecord<Value>(topic: Topic<Value>, value: Value, envelope: Envelope): OutgoingRecord {
  const checked = topic.value.safeParse(value)
  if (!checked.success) throw schemaError(topic, checked.error.issues)
  const key = topic.keyOf(checked.data)
  const bytes = Buffer.from(JSON.stringify(checked.data))
  const headers = headersOf(envelope, topic.type)
  const size = bytes.length + Buffer.byteLength(key) + headerBytes(headers)
  if (size > largestRecordBytes) throw tooLarge(topic, size)
  return { topic: topic.name, key, value: bytes, headers }
}

/** Reads a record that anybody may have written. Never throws. */
export function decodeRecord<Value>(topic: Topic<Value>, record: IncomingRecord): Decoded<Value> {
  const { value, headers = {} } = record
  if (value === null || value === undefined) return invalid(topic, 'the record has no value', 'value', 'JSON')
  const size = value.length + (record.key?.length ?? 0) + headerBytes(headers)
  if (size > largestRecordBytes) return { outcome: 'invalid', error: tooLarge(topic, size) }
  const json = parseJson(value)
  if (json === undefined) return invalid(topic, 'the record is no JSON in UTF-8', 'value', 'a JSON object')
  const version = versionOf(topic, json)
  if (version === 'future') {
    const message = 'the record was written for a newer Virga: update this side, then redrive it'
    const error = new VirgaError('VIRGA_FUTURE_VERSION', message, { file: topic.name, field: 'schema', expected: topic.schema })
    return { outcome: 'future-version', error }
  }
  if (version === 'other') return invalid(topic, 'the record names another schema', 'schema', topic.schema)
  const checked = topic.value.safeParse(json)
  if (!checked.success) return { outcome: 'invalid', error: schemaError(topic, checked.error.issues) }
  const key = topic.keyOf(checked.data)
  if (keyText(record.key) !== key) return invalid(topic, 'the key is not the one that the value asks for', 'key', key)
  const envelope = envelopeIn(headers)
  return envelope === undefined ? { outcome: 'ok', value: checked.data } : { outcome: 'ok', value: checked.data, envelope }
}

/** What an error says of the topic. */
type Identity = Pick<Topic<unknown>, 'name' | 'schema'>

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // JSON itself has no undefined
  }
}

function versionOf(topic: Identity, json: unknown): 'this' | 'future' | 'other' {
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined
  if (schema === topic.schema) return 'this'
  const [name, version] = topic.schema.split('/')
  const given = typeof schema === 'string' ? /^([\w.-]{1,100})\/(\d{1,9})$/.exec(schema) : null
  return given?.[1] === name && Number(given?.[2]) > Number(version) ? 'future' : 'other'
}

function schemaError(topic: Identity, issues: readonly { path: PropertyKey[]; message: string }[]): VirgaError {
  const [first] = issues
  const field = first?.path.map(String).join('.') ?? ''
  return new VirgaError('VIRGA_BAD_INPUT', 'the record does not fit the schema', {
    file: topic.name,
    field: field === '' ? 'value' : field.slice(0, 200),
    expected: (first?.message ?? topic.schema).slice(0, 500),
  })
}

function tooLarge(topic: Identity, size: number): VirgaError {
  const expected = `at most ${largestRecordBytes} bytes of key, value and headers; large things go into the blob store`
  return new VirgaError('VIRGA_TOO_LARGE', `a record of ${size} bytes`, { file: topic.name, expected })
}

function invalid(topic: Identity, message: string, field: string, expected: string): { outcome: 'invalid'; error: VirgaError } {
  return { outcome: 'invalid', error: new VirgaError('VIRGA_BAD_INPUT', message, { file: topic.name, field, expected }) }
}

function headerBytes(headers: Readonly<Record<string, HeaderValue>>): number {
  const sizeOf = (value: string | Uint8Array): number => (typeof value === 'string' ? Buffer.byteLength(value) : value.length)
  return Object.entries(headers).reduce((sum, [name, value]) => {
    const all = value === undefined || value === null ? [] : Array.isArray(value) ? (value as (string | Uint8Array)[]) : [value as string]
    return sum + all.reduce((bytes: number, one) => bytes + Buffer.byteLength(name) + sizeOf(one), 0)
  }, 0)
}

const keyText = (key: string | Uint8Array | null | undefined): string | undefined =>
  key === null || key === undefined ? undefined : typeof key === 'string' ? key : new TextDecoder().decode(key)
