import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'

/** @throws VirgaError VIRGA_USAGE where two images cannot be compared pixel by pixel */
export function requireSameSize(a: RgbImage, b: RgbImage): void {
  const isWhole = a.data.length === a.width * a.height * 3 && b.data.length === a.data.length
  if (a.width === b.width && a.height === b.height && isWhole) return
  throw new VirgaError('VIRGA_USAGE', `images of ${a.width}x${a.height} and ${b.width}x${b.height}`, {
    expected: 'two whole images of the same size',
  })
}
