import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { GreyImage, SparseImage } from '../condition-style.ts'
import type { Chain } from '../style.ts'
import { resizeLanczos4, resizePlane } from './lanczos4.ts'

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

/** Makes the picture of the asked size out of the drawn one; a grey one is resized before it gets its three channels. */
export function finishPicture(chain: Chain, drawn: SparseImage | GreyImage, { width, height }: Size): RgbImage {
  const same = drawn.width === width && drawn.height === height
  if ('grey' in drawn) {
    const resized = !same && chain === 'resize'
    const rgb = rgbOf(resized ? { width, height, grey: resizePlane(drawn.grey, drawn.width, drawn.height, width, height) } : drawn)
    return resized ? rgb : finishPicture(chain, rgb, { width, height })
  }
  if (same) return drawn
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

/** Four pixels are three 32-bit words (little-endian, as every machine that Node runs on); what is black is black already. */
function rgbOf({ width, height, grey }: GreyImage): RgbImage {
  const data = new Uint8Array(width * height * 3)
  const words = new Uint32Array(data.buffer, 0, data.length >> 2)
  const fours = grey.length >> 2
  for (let four = 0, i = 0, o = 0; four < fours; four += 1, i += 4, o += 3) {
    const [a, b, c, d] = [grey[i], grey[i + 1], grey[i + 2], grey[i + 3]]
    if ((a | b | c | d) === 0) continue
    words[o] = (a * 0x010101) | (b << 24)
    words[o + 1] = (b * 0x0101) | (c * 0x01010000)
    words[o + 2] = c | (d * 0x01010100)
  }
  for (let i = fours * 4; i < grey.length; i += 1) data.fill(grey[i], i * 3, i * 3 + 3)
  return { width, height, data }
}
