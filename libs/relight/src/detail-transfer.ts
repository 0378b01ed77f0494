import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { addDetail } from './apply-coefficients.ts'
import { coefficientsPerPixel, createGuidedFilter } from './guided-filter.ts'
import { type DetailOptions, parseDetailOptions } from './manifest.ts'
import { areaMean } from './shrink.ts'

export interface DetailTransferOptions extends Partial<DetailOptions> {
  /** Size of the delta: the bundle's. */
  readonly width: number
  readonly height: number
}

/** A filter over a stream of frames: what goes in comes out in order, (frames - 1) / 2 frames later. */
export interface DetailTransfer {
  /**
   * Takes the next frame and gives those that are finished.
   *
   * @param source the camera's frame, any size; the guide
   * @param relit the relit frame, of the same size
   * @param delta [height, width, 3] in 0..1 colour units at the bundle's size: generated minus reconstruction of the relit frame
   */
  push(source: RgbImage, relit: RgbImage, delta: Float32Array): RgbImage[]
  /** The frames that waited for later ones; afterwards the filter is empty again. */
  flush(): RgbImage[]
}

interface Waiting {
  readonly source: RgbImage
  readonly relit: RgbImage
  /** Absent where the delta is zero everywhere. */
  readonly coefficients?: Float32Array
}

/**
 * Puts the generated change onto the source frame's own pixels: the change is fitted as a local affine function of the source at the
 * bundle's size (colour guided filter), the coefficients are averaged over a centred window of frames, and applied to the source
 * at its own resolution. A delta of zero gives the relit frame unchanged.
 *
 * @throws VirgaError VIRGA_BAD_BUNDLE for options out of range; from push VIRGA_USAGE for sizes that do not fit, VIRGA_NOT_FINITE
 */
export function createDetailTransfer(options: DetailTransferOptions): DetailTransfer {
  const { width, height } = options
  const { radius, eps, frames } = parseDetailOptions(options, 'options')
  const half = (frames - 1) / 2
  const guidedFilter = createGuidedFilter(width, height, radius, eps)
  /** Frame numbers `first` to `first + window.length - 1`. */
  let window: Waiting[] = []
  let first = 0
  let nextOut = 0

  const finish = (): RgbImage => {
    const around = window.slice(Math.max(nextOut - half - first, 0), nextOut + half - first + 1)
    const { source, relit } = window[nextOut - first]
    const coefficients = average(
      around.flatMap((frame) => (frame.coefficients === undefined ? [] : [frame.coefficients])),
      around.length,
    )
    nextOut++
    const drop = Math.max(nextOut - half - first, 0)
    window = window.slice(drop)
    first += drop
    return coefficients === undefined ? relit : addDetail(source, relit, coefficients, width, height)
  }

  return {
    push(source, relit, delta) {
      requireSizes(source, relit, delta, width, height)
      const isZero = delta.every((value) => value === 0)
      const coefficients = isZero ? {} : { coefficients: guidedFilter(areaMean(source, width, height), delta) }
      window.push({ source, relit, ...coefficients })
      return first + window.length - 1 - nextOut >= half ? [finish()] : []
    },
    flush() {
      const rest: RgbImage[] = []
      while (nextOut < first + window.length) rest.push(finish())
      window = []
      first = 0
      nextOut = 0
      return rest
    },
  }
}

/** Sum over `count`; absent where there is nothing to sum. */
function average(all: readonly Float32Array[], count: number): Float32Array | undefined {
  if (all.length === 0) return undefined
  const share = 1 / count
  const mean = new Float32Array(all[0].length)
  for (const coefficients of all) for (let i = 0; i < mean.length; i++) mean[i] += coefficients[i] * share
  return mean
}

function requireSizes(source: RgbImage, relit: RgbImage, delta: Float32Array, width: number, height: number): void {
  if (source.width !== relit.width || source.height !== relit.height || source.data.length !== relit.data.length) {
    throw new VirgaError('VIRGA_USAGE', `source of ${source.width}x${source.height}, relit frame of ${relit.width}x${relit.height}`, {
      expected: 'the same size',
    })
  }
  if (delta.length !== width * height * (coefficientsPerPixel / 4)) {
    throw new VirgaError('VIRGA_USAGE', `delta of ${delta.length} values`, { field: 'delta', expected: `${width} x ${height} x 3` })
  }
  if (!delta.every((value) => Number.isFinite(value)))
    throw new VirgaError('VIRGA_NOT_FINITE', 'the generated change is not finite', { field: 'delta' })
}
