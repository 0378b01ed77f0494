import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSafetensors, type StoredTensor } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { evaluate, type Geometry } from './evaluate.ts'
import { parseRelightEntry, type RelightEntry } from './manifest.ts'
import { joinRegressions, type Polynomial, type Regression } from './polynomial.ts'

/** Changes light and weather of camera frames, pixel by pixel, at any resolution. */
export interface Relight {
  /** The looks that it was fitted for. */
  readonly looks: readonly string[]
  /** Segmentation classes by id, where it was fitted with depth and classes. */
  readonly segClasses?: readonly string[]
  /**
   * The frame in another look. With `geometry` (and a bundle fitted for it) the change follows depth and class, else colour and
   * image row alone.
   *
   * @throws VirgaError VIRGA_UNKNOWN_NAME listing the looks; VIRGA_USAGE where image or geometry have the wrong length
   */
  apply(image: RgbImage, look: string, geometry?: Partial<Geometry>): RgbImage
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
  const rgb = regressions(manifest, 'rgb', tensors, path)
  const rich = manifest.modes['rgb-depth-seg'] === undefined ? undefined : regressions(manifest, 'rgb-depth-seg', tensors, path)
  const prepared = new Map<string, Polynomial>()
  const polynomialOf = (look: string, mode: 'rgb' | 'rgb-depth-seg'): Polynomial => {
    const index = manifest.looks.indexOf(look)
    if (index < 0) throw new VirgaError('VIRGA_UNKNOWN_NAME', `look ${look}`, { field: 'look', expected: manifest.looks.join(', ') })
    const key = `${mode} ${look}`
    const known = prepared.get(key)
    if (known !== undefined) return known
    // Colour alone is the last class of the richer mode: for pixels of a class that it was not fitted for.
    const made = joinRegressions(mode === 'rgb' || rich === undefined ? [rgb[index]] : [rich[index], rgb[index]])
    prepared.set(key, made)
    return made
  }
  return {
    looks: manifest.looks,
    ...(manifest.modes['rgb-depth-seg'] === undefined ? {} : { segClasses: manifest.modes['rgb-depth-seg'].classes }),
    apply(image, look, geometry = {}) {
      const pixels = requireLength('data', image.data, image.width * image.height * 3, image) / 3
      const { depth, seg } = geometry
      if (rich === undefined || depth === undefined || seg === undefined) return evaluate(polynomialOf(look, 'rgb'), image)
      requireLength('depth', depth, pixels, image)
      requireLength('seg', seg, pixels, image)
      return evaluate(polynomialOf(look, 'rgb-depth-seg'), image, { depth, seg })
    },
  }
}

/** The regressions of a mode, by look. */
function regressions(
  manifest: RelightEntry,
  name: 'rgb' | 'rgb-depth-seg',
  tensors: ReadonlyMap<string, StoredTensor>,
  path: string,
): Regression[] {
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

function requireLength(field: string, data: { readonly length: number }, length: number, { width, height }: RgbImage): number {
  if (data.length === length) return length
  throw new VirgaError('VIRGA_USAGE', `${data.length} values for an image of ${width}x${height}`, { field, expected: `${length} values` })
}
