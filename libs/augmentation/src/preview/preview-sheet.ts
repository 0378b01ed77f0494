import type { RgbImage } from '@virga/scenario'
import sharp, { type OverlayOptions } from 'sharp'
import { textPath, type TextStyle, wrap } from '../report/text.ts'

export interface PreviewTile {
  readonly title: string
  readonly note: string
  readonly image: RgbImage
}

export interface PreviewContent {
  readonly heading: string
  readonly facts: readonly string[]
  readonly tiles: readonly PreviewTile[]
}

const gap = 16
const margin = 28
const captionHeight = 48
/** Area that a tile's picture covers, whatever its shape. */
const tilePixels = 640 * 352
const styles = {
  heading: { size: 24, weight: 600, colour: '#f2f4f7' },
  fact: { size: 14, weight: 400, colour: '#98a2b3' },
  title: { size: 17, weight: 600, colour: '#f2f4f7' },
  note: { size: 13, weight: 400, colour: '#98a2b3' },
} as const satisfies Record<string, TextStyle>

/** Draws the pictures of one camera side by side, each under its name, into one PNG. The same content gives the same bytes. */
export async function previewSheet({ heading, facts, tiles }: PreviewContent): Promise<Uint8Array> {
  // The controls' shape: a video that was given may have another, and is stretched to theirs.
  const { width: across, height: down } = tiles[tiles.length - 1].image
  const aspect = across / down
  const [tileWidth, tileHeight] = [Math.round(Math.sqrt(tilePixels * aspect)), Math.round(Math.sqrt(tilePixels / aspect))]
  const columns = Math.min(tiles.length, aspect > 1.2 ? 2 : 4)
  const rows = Math.ceil(tiles.length / columns)
  const width = Math.max(720, 2 * margin + columns * (tileWidth + gap) - gap)
  const lines = facts.flatMap((fact) => wrap(fact, width - 2 * margin, styles.fact))
  const top = margin + 36 + lines.length * 20 + 12
  const height = top + rows * (tileHeight + captionHeight + gap) - gap + margin
  const marks = [
    textPath(heading, margin, margin + 20, styles.heading),
    ...lines.map((line, i) => textPath(line, margin, margin + 48 + i * 20, styles.fact)),
  ]
  const pictures: OverlayOptions[] = []
  for (const [i, tile] of tiles.entries()) {
    const left = margin + (i % columns) * (tileWidth + gap)
    const y = top + Math.floor(i / columns) * (tileHeight + captionHeight + gap)
    marks.push(textPath(tile.title, left, y + 18, styles.title))
    const [note] = wrap(tile.note, tileWidth, styles.note)
    marks.push(textPath(note, left, y + 38, styles.note))
    const { image } = tile
    const input = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
      .resize({ width: tileWidth, height: tileHeight, fit: 'fill', kernel: image.width < tileWidth ? 'nearest' : 'lanczos3' })
      .png()
      .toBuffer()
    pictures.push({ input, left, top: y + captionHeight })
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${marks.join('')}</svg>`
  const sheet = sharp({ create: { width, height, channels: 3, background: '#14171c' } })
  return sheet
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }, ...pictures])
    .png({ compressionLevel: 9 })
    .toBuffer()
}
