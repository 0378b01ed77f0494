import { readdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { type ControlnetSpecs, isControlnetSpecs, parseControlnetSpecs } from './controlnet-specs.ts'
import { placedError } from './document-error.ts'
import { nearNames } from './near-names.ts'
import { checkControlMapDocument, type ReadControlMap, readYaml } from './read-document.ts'
import { type ControlMapDocument, controlMapSchema, type ControlMapSpec, type Mask, type MaskObject, type Rule } from './spec.ts'

/** A control map with everything that it extends taken in. */
export interface LoadedControlMap {
  /** Plain JSON; file names are relative to `folder`. */
  readonly spec: ControlMapSpec
  /** What it was read from, for messages. */
  readonly file: string
  readonly folder: string
  /** Present when the file is a controlnet_specs file of Cosmos-Transfer1: what else it says. */
  readonly specs?: ControlnetSpecs
}

const presetFolder = join(import.meta.dirname, 'presets')
const longestChain = 8

/** Names of the control maps that come with Virga. */
export function controlMapPresets(): string[] {
  return readdirSync(presetFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * Reads a control map by the path of its document, of a controlnet_specs file of Cosmos-Transfer1, or by the name of a map that comes with Virga.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file, line and path in the document; VIRGA_UNKNOWN_NAME when there is neither such a file nor name
 */
export async function loadControlMap(pathOrName: string): Promise<LoadedControlMap> {
  const file = await fileOf(pathOrName, process.cwd())
  if (file === undefined)
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `no control map ${pathOrName}`, {
      field: 'control-map',
      expected: `a file, or one of: ${controlMapPresets().join(', ')}`,
    })
  return parseControlMap(await readText(file), file, dirname(resolve(file)))
}

/** The same for a text at hand; files that it names are sought from `folder`. */
export async function parseControlMap(text: string, file: string, folder: string): Promise<LoadedControlMap> {
  const read = readYaml(text, file)
  if (isControlnetSpecs(read.value)) {
    const specs = parseControlnetSpecs(read.value, file)
    return { spec: specs.weights, file, folder: resolve(folder), specs }
  }
  return resolveControlMap(checkControlMapDocument(read, file), resolve(folder))
}

async function resolveControlMap(read: ReadControlMap, folder: string): Promise<LoadedControlMap> {
  const chain = [{ ...read, folder }]
  for (let last = chain[0]; last.document.extends !== undefined; last = chain[chain.length - 1]) {
    const place = { file: last.file, keys: ['extends'], lineOf: last.lineOf }
    const next = await fileOf(last.document.extends, last.folder)
    if (next === undefined)
      throw placedError(`no control map ${last.document.extends}`, {
        ...place,
        expected: `a file, or one of: ${controlMapPresets().join(', ')}`,
      })
    if (chain.length >= longestChain || chain.some(({ file }) => resolve(file) === resolve(next)))
      throw placedError('documents extend each other', { ...place, expected: `at most ${longestChain} documents, none of them twice` })
    chain.push({ ...(await readOne(next)), folder: dirname(resolve(next)) })
  }
  const documents = chain.reverse().map(({ document, folder: from }) => moved(document, from, folder))
  const spec: ControlMapSpec = {
    schema: controlMapSchema,
    ...lastOf(documents, 'name'),
    ...lastOf(documents, 'description'),
    ...lastOf(documents, 'forWidth'),
    masks: Object.assign({}, ...documents.map(({ masks }) => masks)) as ControlMapSpec['masks'],
    controls: Object.assign({}, ...documents.map(({ controls }) => controls)) as ControlMapSpec['controls'],
    finally: documents.flatMap((document) => document.finally),
  }
  expectNamedMasks(spec, read)
  return { spec, file: read.file, folder }
}

function lastOf<K extends 'name' | 'description' | 'forWidth'>(documents: readonly ControlMapDocument[], key: K): Pick<ControlMapSpec, K> {
  const value = documents.findLast((document) => document[key] !== undefined)?.[key]
  return (value === undefined ? {} : { [key]: value }) as Pick<ControlMapSpec, K>
}

async function fileOf(pathOrName: string, folder: string): Promise<string | undefined> {
  const path = isAbsolute(pathOrName) ? pathOrName : relative(process.cwd(), resolve(folder, pathOrName))
  const found = await stat(path === '' ? '.' : path).catch(() => undefined)
  if (found?.isFile() === true) return path
  return controlMapPresets().includes(pathOrName) ? join(presetFolder, `${pathOrName}.yaml`) : undefined
}

async function readOne(file: string): Promise<ReadControlMap> {
  return checkControlMapDocument(readYaml(await readText(file), file), file)
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file)
  if (size > 4 << 20) throw new VirgaError('VIRGA_BAD_INPUT', `the control map has ${size} bytes`, { file, expected: 'at most 4 MiB' })
  return readFile(file, 'utf8')
}

/** The document with its file names relative to another folder. */
function moved(document: ControlMapDocument, from: string, to: string): ControlMapDocument {
  if (from === to) return document
  const move = (file: string) => (isAbsolute(file) ? file : relative(to, resolve(from, file)))
  const mask = (value: Mask): Mask => {
    if (typeof value === 'string') return value
    const { image, video, labelled, any, all, not } = value
    return {
      ...value,
      ...(image === undefined ? {} : { image: { ...image, file: move(image.file) } }),
      ...(video === undefined ? {} : { video: { ...video, file: move(video.file) } }),
      ...(labelled === undefined ? {} : { labelled: { ...labelled, image: move(labelled.image), labels: move(labelled.labels) } }),
      ...(any === undefined ? {} : { any: any.map(mask) }),
      ...(all === undefined ? {} : { all: all.map(mask) }),
      ...(not === undefined ? {} : { not: mask(not) }),
    } satisfies MaskObject
  }
  const rule = (value: Rule): Rule => ({
    ...value,
    ...(typeof value.weight === 'object' && 'tensor' in value.weight ? { weight: { tensor: move(value.weight.tensor) } } : {}),
    ...(value.mask === undefined ? {} : { mask: mask(value.mask) }),
  })
  const mapped = <T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
  return {
    ...document,
    masks: mapped(document.masks, mask),
    controls: mapped(document.controls, ({ rules }) => ({ rules: rules.map(rule) })),
    finally: document.finally.map(rule),
  } as ControlMapDocument
}

/** Every name of a mask stands for one, and none for itself. */
function expectNamedMasks(spec: ControlMapSpec, { file, lineOf }: ReadControlMap): void {
  const done = new Set<string>()
  const visit = (mask: Mask | undefined, keys: readonly PropertyKey[], open: readonly string[]): void => {
    if (mask === undefined) return
    if (typeof mask === 'string') {
      if (done.has(mask)) return
      const place = { file, keys, lineOf }
      if (!Object.hasOwn(spec.masks, mask)) {
        const near = nearNames(mask, Object.keys(spec.masks))
        const known = near.length > 0 ? near : Object.keys(spec.masks).slice(0, 10)
        throw placedError(`no mask ${mask}`, {
          ...place,
          expected: known.length === 0 ? 'a mask under masks' : `one of: ${known.join(', ')}`,
        })
      }
      if (open.includes(mask))
        throw placedError(`mask ${mask} is made of itself`, { ...place, expected: 'masks that do not lead back to themselves' })
      visit(spec.masks[mask], ['masks', mask], [...open, mask])
      done.add(mask)
      return
    }
    mask.any?.forEach((part, i) => visit(part, [...keys, 'any', i], open))
    mask.all?.forEach((part, i) => visit(part, [...keys, 'all', i], open))
    visit(mask.not, [...keys, 'not'], open)
  }
  for (const name of Object.keys(spec.masks)) visit(name, ['masks', name], [])
  for (const [control, { rules }] of Object.entries(spec.controls))
    rules.forEach(({ mask }, i) => visit(mask, ['controls', control, 'rules', i, 'mask'], []))
  spec.finally.forEach(({ mask }, i) => visit(mask, ['finally', i, 'mask'], []))
}
