import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSafetensors, type StoredTensor } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { evaluate, type Geometry } from './evaluate.ts'
import { parseRelightEntry, type RelightEntry, type RelightMode, relightModes } from './manifest.ts'
import { joinRegressions, type Polynomial, type Regression } from './polynomial.ts'

/** A frame, or where nothing but labels is known of it just its size. */
export type Picture = RgbImage | { readonly width: number; readonly height: number; readonly data?: undefined }

/** Changes light and weather of camera frames, or paints frames from labels, pixel by pixel, at any resolution. */
export interface Relight {
  /** The looks that it was fitted for. */
  readonly looks: readonly string[]
  /** The modes that it was fitted for; `rgb` always. */
  readonly modes: readonly RelightMode[]
  /** Class names of a mode by id, where it has classes. */
  classesOf(mode: RelightMode): readonly string[] | undefined
  /**
   * The frame in a look.
   *
   * @param picture the camera's frame; in mode `labels` a size is enough
   * @param geometry every mode but `rgb` needs it; pixels of a class that the mode does not know are relit by colour alone, or painted
   *   as the mean of all classes
   * @throws VirgaError VIRGA_UNKNOWN_NAME listing the looks, or the modes; VIRGA_USAGE where something is missing or of the wrong length
   */
  apply(mode: RelightMode, look: string, picture: Picture, geometry?: Geometry): RgbImage
}

/**
 * Reads a bundle's relight: per look and class a ridge regression on monomials of the source pixel.
 *
 * @param folder the bundle's folder
 * @param entry `relight` of its manifest
 * @throws VirgaError VIRGA_BAD_BUNDLE for a manifest entry or a tensor that does not fit, VIRGA_DIGEST_MISMATCH, VIRGA_BAD_INPUT for
 *   a broken safetensors file
 */
export async function loadRelight(folder: string, entry: unknown): Promise<Relight> {
  const manifest = parseRelightEntry(entry, join(folder, 'manifest.json'))
  const path = join(folder, manifest.file)
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new VirgaError('VIRGA_BAD_BUNDLE', `cannot be opened: ${reason}`, { file: path }, { cause: error })
  }
  const digest = createHash('sha256').update(bytes).digest('hex')
  if (manifest.sha256 !== undefined && manifest.sha256 !== digest) {
    throw new VirgaError('VIRGA_DIGEST_MISMATCH', `sha256 is ${digest}`, { file: path, expected: manifest.sha256 })
  }
  return createRelight(manifest, parseSafetensors(bytes, path), path)
}

/** A relight from its parsed parts; `path` is named in errors. */
export function createRelight(manifest: RelightEntry, tensors: ReadonlyMap<string, StoredTensor>, path: string): Relight {
  const { looks } = manifest
  const fitted = new Map(
    relightModes.flatMap((mode) => (manifest.modes[mode] === undefined ? [] : [[mode, regressions(manifest, mode, tensors, path)]])),
  )
  const colour = fitted.get('rgb') as Regression[]
  const prepared = new Map<string, Polynomial>()
  const polynomialOf = (mode: RelightMode, look: string, all: readonly Regression[]): Polynomial => {
    const index = looks.indexOf(look)
    if (index < 0) throw new VirgaError('VIRGA_UNKNOWN_NAME', `look ${look}`, { field: 'look', expected: looks.join(', ') })
    const key = `${mode} ${look}`
    const known = prepared.get(key)
    if (known !== undefined) return known
    // Colour alone is the last class of modes with colour that have none for what they do not know.
    const made = joinRegressions(hasOther(manifest, mode) ? [all[index]] : [all[index], colour[index]])
    prepared.set(key, made)
    return made
  }
  const modes = [...fitted.keys()]
  return {
    looks,
    modes,
    classesOf: (mode) => (mode === 'rgb' ? undefined : manifest.modes[mode]?.classes),
    apply(mode, look, picture, geometry) {
      const all = fitted.get(mode)
      const entry = manifest.modes[mode]
      if (all === undefined || entry === undefined) {
        throw new VirgaError('VIRGA_UNKNOWN_NAME', `this bundle's relight has no mode ${mode}`, {
          field: 'mode',
          expected: modes.join(', '),
        })
      }
      const polynomial = polynomialOf(mode, look, all)
      const { width, height, data } = picture
      const pixels = width * height
      if (entry.variables.includes('r')) requireLength('data', data, pixels * 3, picture)
      if (mode === 'rgb') return evaluate(polynomial, { width, height, data })
      const { depth, seg, up, across, classNames = entry.classes } = geometry ?? {}
      requireLength('depth', depth, pixels, picture)
      requireLength('seg', seg, pixels, picture)
      if (up !== undefined) requireLength('up', up, pixels, picture)
      if (across !== undefined) requireLength('across', across, pixels, picture)
      const other = hasOther(manifest, mode) ? entry.classes.indexOf(otherClass) : entry.classes.length
      const classOf = Uint8Array.from({ length: 256 }, (_, id) => {
        const at = id < classNames.length ? entry.classes.indexOf(classNames[id]) : -1
        return at < 0 ? other : at
      })
      return evaluate(polynomial, { width, height, ...(data === undefined ? {} : { data }), geometry, classOf })
    },
  }
}

/** The class of label modes for what is none of their others. */
const otherClass = 'other'

const hasOther = ({ modes }: RelightEntry, mode: RelightMode): boolean =>
  mode === 'rgb' || modes[mode]?.classes.includes(otherClass) === true

/** The regressions of a mode, by look. */
function regressions(manifest: RelightEntry, name: RelightMode, tensors: ReadonlyMap<string, StoredTensor>, path: string): Regression[] {
  const mode = manifest.modes[name]
  const tensor = tensors.get(name)
  const shape = [manifest.looks.length, mode?.classes.length ?? 0, mode?.terms.length ?? 0, 3]
  if (mode === undefined || tensor === undefined || tensor.shape.join() !== shape.join() || tensor.data instanceof BigInt64Array) {
    throw new VirgaError('VIRGA_BAD_BUNDLE', `tensor of shape ${tensor?.shape.join('x') ?? 'none'}`, {
      file: path,
      record: name,
      expected: `${shape.join('x')} (looks, classes, terms, colours)`,
    })
  }
  const { data } = tensor
  const size = shape[1] * shape[2] * 3
  if (!data.every((value: number) => Number.isFinite(value))) {
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'coefficient is not finite', { file: path, record: name, expected: 'finite numbers' })
  }
  return manifest.looks.map((_, look) => ({
    terms: mode.terms,
    classes: mode.classes.length,
    coefficients: data.subarray(look * size, (look + 1) * size),
  }))
}

function requireLength(
  field: string,
  data: { readonly length: number } | undefined,
  length: number,
  { width, height }: Picture,
): asserts data is { readonly length: number } {
  if (data?.length === length) return
  throw new VirgaError('VIRGA_USAGE', `${data === undefined ? 'no' : data.length} values for an image of ${width}x${height}`, {
    field,
    expected: `${length} values`,
  })
}
