import type { RgbImage } from '@virga/scenario'
import sharp, { type OverlayOptions } from 'sharp'
import { textPath, type TextStyle, textWidth, wrap } from './text.ts'

export interface SheetRow {
  readonly title: string
  readonly subtitle: string
  /** One picture per column; sizes may differ from row to row. */
  readonly images: readonly RgbImage[]
}

export interface SheetContent {
  readonly heading: string
  readonly note: string
  /** Over each column, such as "0.0 s". */
  readonly columns: readonly string[]
  readonly rows: readonly SheetRow[]
}

const cellWidth = 320
const gap = 8
const margin = 24
const labelWidth = 168
const headerHeight = 92
const styles = {
  heading: { size: 22, weight: 600, colour: '#f2f4f7' },
  note: { size: 13, weight: 400, colour: '#98a2b3' },
  column: { size: 13, weight: 600, colour: '#98a2b3' },
  title: { size: 16, weight: 600, colour: '#f2f4f7' },
  subtitle: { size: 12, weight: 400, colour: '#98a2b3' },
} as const satisfies Record<string, TextStyle>

/** Draws rows of pictures with their labels into one PNG. The same content gives the same bytes. */
export async function contactSheet(content: SheetContent): Promise<Uint8Array> {
  const heights = content.rows.map((row) => Math.max(...row.images.map((image) => Math.round((cellWidth * image.height) / image.width))))
  const width = margin * 2 + labelWidth + content.columns.length * (cellWidth + gap) - gap
  const height = headerHeight + heights.reduce((sum, each) => sum + each + gap, 0) - gap + margin
  const left = (column: number) => margin + labelWidth + column * (cellWidth + gap)
  const marks = [
    textPath(content.heading, margin, margin + 16, styles.heading),
    textPath(content.note, margin, margin + 38, styles.note),
    ...content.columns.map((text, i) =>
      textPath(text, left(i) + (cellWidth - textWidth(text, styles.column)) / 2, headerHeight - 10, styles.column),
    ),
  ]
  const pictures: OverlayOptions[] = []
  let top = headerHeight
  for (const [i, row] of content.rows.entries()) {
    const titles = wrap(row.title, labelWidth - 16, styles.title)
    titles.forEach((line, k) => marks.push(textPath(line, margin, top + 18 + k * 20, styles.title)))
    wrap(row.subtitle, labelWidth - 16, styles.subtitle).forEach((line, k) =>
      marks.push(textPath(line, margin, top + 18 + titles.length * 20 + k * 16, styles.subtitle)),
    )
    for (const [column, image] of row.images.entries()) {
      const size = { width: cellWidth, height: heights[i] }
      const kernel = image.width < cellWidth ? 'nearest' : 'lanczos3'
      const input = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
        .resize({ ...size, fit: 'fill', kernel })
        .png()
        .toBuffer()
      pictures.push({ input, left: left(column), top })
    }
    top += heights[i] + gap
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${marks.join('')}</svg>`
  const sheet = sharp({ create: { width, height, channels: 3, background: '#14171c' } }).composite([
    { input: Buffer.from(svg), left: 0, top: 0 },
    ...pictures,
  ])
  return sheet.png({ compressionLevel: 9 }).toBuffer()
}
