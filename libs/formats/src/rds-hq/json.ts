import type { ErrorPlace } from '@virga/errors'
import { type Fail, failAt } from './fail.ts'
import { limits } from './limits.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses JSON. Python writes NaN and Infinity, which JSON does not have: they become null here, so that the check of the field in which they
 * stand can name it.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the place
 */
export function parseJson(bytes: Uint8Array, place: ErrorPlace): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    try {
      if (/\b(?:NaN|Infinity)\b/.test(text)) return JSON.parse(text.replace(/-?\b(?:NaN|Infinity)\b/g, 'null'))
    } catch {
      // The first error says more: it points into the file as it is.
    }
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 200)
    return failAt(place)(`not valid JSON: ${reason}`, undefined, 'JSON')
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of a key that objects inherit is not one that the file states. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** n x 3 coordinates within the limits, as columns x, y, z of one array. */
export function points(value: unknown, fail: Fail, field: string): Float64Array {
  if (!Array.isArray(value)) return fail(`${shown(value)} where vertices should be`, field, 'a list of x, y, z')
  const out = new Float64Array(3 * value.length)
  value.forEach((vertex: unknown, i) => {
    if (!Array.isArray(vertex) || vertex.length !== 3) fail(`vertex is ${shown(vertex)}`, `${field}[${i}]`, 'x, y, z')
    for (let axis = 0; axis < 3; axis++) out[3 * i + axis] = coordinate((vertex as unknown[])[axis], fail, `${field}[${i}][${axis}]`)
  })
  return out
}

export function coordinate(value: unknown, fail: Fail, field: string): number {
  if (typeof value === 'number' && Math.abs(value) <= limits.coordinate) return value
  return fail(`coordinate is ${shown(value)}`, field, `a number of metres within ${limits.coordinate} of the origin`)
}

export function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null or NaN'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' ? 'an object' : String(JSON.stringify(value)).slice(0, 60)
}
