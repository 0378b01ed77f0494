import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { Chain } from '../style.ts'
import { resizeLanczos4 } from './lanczos4.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The size that a camera is scaled to and drawn at, so that the chain can make a picture of the asked size of it.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE where a crop would have to be higher than 16:9
 */
export function drawnSize(chain: Chain, { width, height }: Size): Size {
  if (chain === 'direct') return { width, height }
  const drawn = { width, height: Math.round((width * 9) / 16) }
  if (chain === 'crop' && height > drawn.height) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `cannot cut ${height} rows out of a ${drawn.width}x${drawn.height} picture`, {
      field: 'chain',
      expected: `at most ${drawn.height} rows with chain crop; resize or direct for more`,
    })
  }
  return drawn
}

/** Makes the picture of the asked size out of the drawn one. */
export function finishPicture(chain: Chain, drawn: RgbImage, { width, height }: Size): RgbImage {
  if (drawn.width === width && drawn.height === height) return drawn
  switch (chain) {
    case 'direct':
      return drawn
    case 'resize':
      return resizeLanczos4(drawn, width, height)
    case 'crop': {
      const first = Math.floor((drawn.height - height) / 2)
      return { width, height, data: drawn.data.slice(first * width * 3, (first + height) * width * 3) }
    }
  }
}
