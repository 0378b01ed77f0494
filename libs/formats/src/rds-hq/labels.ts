import type { ErrorPlace } from '@virga/errors'
import { type Fail, failAt } from './fail.ts'
import { isObject, type JsonObject, own, parseJson, shown } from './json.ts'

/** One element of a map layer as the file has it. */
export interface MapLabel {
  readonly id: string
  readonly shape: JsonObject
  /** By name; the last one counts. */
  readonly attributes: ReadonlyMap<string, JsonObject>
  readonly fail: Fail
}

/**
 * The elements of a layer's JSON. A layer without elements holds one label whose data say `emptyLabel`.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file, label and field
 */
export function parseLabels(bytes: Uint8Array, place: ErrorPlace): MapLabel[] {
  const json = parseJson(bytes, place)
  const labels = isObject(json) ? own(json, 'labels') : undefined
  if (!Array.isArray(labels)) return failAt(place)(`labels is ${shown(labels)}`, 'labels', 'a list of labels')
  const names = new Set<string>()
  return labels.flatMap((label: unknown, index): MapLabel[] => {
    const labelId = isObject(label) ? own(label, 'labelId') : undefined
    const record = typeof labelId === 'string' ? `label ${index} ${labelId}` : `label ${index}`
    const fail = failAt({ ...place, record: place.record === undefined ? record : `${place.record}, ${record}` })
    const data = isObject(label) ? own(label, 'labelData') : undefined
    if (!isObject(data)) return fail(`labelData is ${shown(data)}`, 'labelData', 'an object')
    if (own(data, 'emptyLabel') === true) return []
    const shape = own(data, 'shape3d')
    if (!isObject(shape)) return fail(`shape3d is ${shown(shape)}`, 'labelData.shape3d', 'an object')
    const unit = own(shape, 'unit')
    if (unit !== undefined && unit !== 'METRIC') fail(`unit is ${shown(unit)}`, 'shape3d.unit', '"METRIC"')
    const attributes = attributesOf(own(shape, 'attributes'), fail)
    const stated = textOf(attributes.get('feature_id')) ?? (typeof labelId === 'string' ? labelId : String(index))
    let id = stated
    for (let copy = 2; names.has(id); copy++) id = `${stated}#${copy}`
    names.add(id)
    return [{ id, shape, attributes, fail }]
  })
}

function attributesOf(value: unknown, fail: Fail): Map<string, JsonObject> {
  if (value === undefined) return new Map()
  if (!Array.isArray(value)) return fail(`attributes is ${shown(value)}`, 'shape3d.attributes', 'a list')
  const named = value.flatMap((attribute: unknown): [string, JsonObject][] => {
    const name = isObject(attribute) ? own(attribute, 'name') : undefined
    return isObject(attribute) && typeof name === 'string' ? [[name, attribute]] : []
  })
  return new Map(named)
}

/** The word of an attribute, whether it stands as text or as enum. */
export function textOf(attribute: JsonObject | undefined): string | undefined {
  const value = attribute === undefined ? undefined : (own(attribute, 'text') ?? own(attribute, 'enum'))
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

/** The words of a list attribute; an empty list has no key of its own in the files. Undefined where there is no such attribute. */
export function wordsOf(attribute: JsonObject | undefined): string[] | undefined {
  if (attribute === undefined) return undefined
  for (const key of ['enumsList', 'textList']) {
    const outer = own(attribute, key)
    const list = isObject(outer) ? own(outer, key) : outer
    if (Array.isArray(list)) return list.map((word: unknown) => (typeof word === 'string' ? word : String(word)))
  }
  return []
}
