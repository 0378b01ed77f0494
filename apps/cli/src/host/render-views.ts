import { type Fit, type RenderedControl, type RenderView, trainedSize } from '@virga/augmentation'
import type { Style } from '@virga/rendering'
import type { Camera } from '@virga/scenario'
import type { PixelSize } from '../options/parsers.ts'

const largestSide = 1280

/** A camera with the size of its videos. */
export function viewOf(
  camera: Camera,
  size: PixelSize | 'native' | undefined,
  fit: Fit,
  styles: ReadonlyMap<RenderedControl, Style>,
): RenderView {
  return { camera, ...sizeOf(camera, size, fit, styles) }
}

function sizeOf(camera: Camera, size: PixelSize | 'native' | undefined, fit: Fit, styles: ReadonlyMap<RenderedControl, Style>): PixelSize {
  if (size === 'native') return even(camera, 1)
  if (size !== undefined) return size
  const chain = fit === 'auto' ? ((styles.get('hdmap') ?? styles.get('lidar'))?.defaultChain ?? 'resize') : fit
  return trainedSize(camera, chain) ?? even(camera, Math.min(1, largestSide / Math.max(camera.width, camera.height)))
}

/** Whole, even numbers of pixels, as video asks. */
function even({ width, height }: PixelSize, scale: number): PixelSize {
  const pixels = (length: number): number => Math.max(16, 2 * Math.round((length * scale) / 2))
  return { width: pixels(width), height: pixels(height) }
}
