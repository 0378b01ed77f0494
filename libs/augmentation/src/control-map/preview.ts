import { heatColours, heatMap, resizePicture } from '@virga/conditions'
import { resolveControlWeights, tokenWeights } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import sharp from 'sharp'
import { textPath, textWidth } from '../report/text.ts'
import type { Size } from '../stage/rgb-frames.ts'

export interface ControlMapPreviewOptions extends Size {
  /** In the order of the planes. */
  readonly controls: readonly string[]
  /** Name of the map. */
  readonly title: string
  /** Width of a picture in the sheet; default 480. */
  readonly cellWidth?: number
}

const gap = 8
const margin = 16
const header = 44
const footer = 56
const rowTitle = 26
const ink = '#f2f4f7'
const faint = '#98a2b3'
/** Side of the square of pixels that a token covers: 8 of the tokenizer times 2 of the patch. */
const tokenSide = 16

/**
 * Draws frames of a control map for people: a column per control and one for their sum, each as a heat map over the picture. Above the weights
 * as they act on pixels (divided by their sum where it exceeds 1), below as the network reads them: of each square of 16 x 16 pixels the central
 * 2 x 2. Features between these are seen above and missing below.
 *
 * @returns draws one frame
 */
export async function controlMapPreview(
  options: ControlMapPreviewOptions,
): Promise<Size & { draw(planes: readonly Float32Array[], picture?: RgbImage): RgbImage }> {
  const { width, height, controls } = options
  const cell = options.cellWidth ?? 480
  const tall = 2 * Math.round((cell * height) / width / 2)
  const columns = [...controls, 'sum']
  const sheet = {
    width: 2 * Math.ceil((2 * margin + columns.length * (cell + gap) - gap) / 2),
    height: 2 * Math.ceil((header + 2 * (rowTitle + tall) + gap + footer) / 2),
  }
  const left = (column: number) => margin + column * (cell + gap)
  const top = (row: number) => header + rowTitle + row * (tall + gap + rowTitle)
  const frame = await sharp(Buffer.from(frameSvg(sheet, options.title, columns, left, top)))
    .removeAlpha()
    .raw()
    .toBuffer()
  drawLegend(frame, sheet, margin)
  return {
    ...sheet,
    draw: (planes, picture) => {
      const data = new Uint8Array(frame)
      const weights = acting(planes, width, height)
      const [rows, across] = [Math.floor(height / tokenSide), Math.floor(width / tokenSide)]
      const below = picture === undefined ? undefined : resizePicture(picture, { width, height })
      for (const [column, plane] of [...weights, summed(weights)].entries()) {
        const tokens = tokenWeights(plane, [1, height, width], [1, rows, across])
        const spread = new Float32Array(plane.length)
        for (let i = 0; i < spread.length; i++) {
          const [x, y] = [i % width, Math.floor(i / width)]
          spread[i] = tokens[Math.floor((y * rows) / height) * across + Math.floor((x * across) / width)]
        }
        ;[plane, spread].forEach((values, row) =>
          paste(
            data,
            sheet.width,
            resizePicture(heatMap(values, width, height, below), { width: cell, height: tall }),
            left(column),
            top(row),
          ),
        )
      }
      return { ...sheet, data }
    },
  }
}

/** Weights as they act: clamped and divided by their sum where it exceeds 1. */
function acting(planes: readonly Float32Array[], width: number, height: number): readonly Float32Array[] {
  const resolved = resolveControlWeights(
    planes.map((data) => ({ frames: 1, height, width, data })),
    [1, height, width],
  )
  return resolved.kind === 'map' ? resolved.maps : []
}

const summed = (weights: readonly Float32Array[]): Float32Array =>
  weights.reduce((sum, plane) => sum.map((value, i) => value + plane[i]), new Float32Array(weights[0].length))

function paste(data: Uint8Array, stride: number, image: RgbImage, left: number, top: number): void {
  for (let y = 0; y < image.height; y++)
    data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), ((top + y) * stride + left) * 3)
}

const legend = { width: 255, height: 12, y: 36 }

function drawLegend(data: Uint8Array, sheet: Size, left: number): void {
  for (let y = 0; y < legend.height; y++)
    for (let x = 0; x <= legend.width; x++)
      data.set(heatColours.subarray(3 * x, 3 * x + 3), ((sheet.height - legend.y + y) * sheet.width + left + 68 + x) * 3)
}

function frameSvg(
  sheet: Size,
  title: string,
  columns: readonly string[],
  left: (column: number) => number,
  top: (row: number) => number,
): string {
  const strong = (size: number) => ({ size, weight: 600, colour: ink }) as const
  const quiet = { size: 13, weight: 400, colour: faint } as const
  const base = sheet.height - legend.y + 11
  const ticks = `grey where the weight is 0`
  const texts = [
    textPath(`Control map ${title}`, margin, 30, strong(18)),
    ...columns.flatMap((name, i) => [
      textPath(name, left(i), top(0) - 8, strong(15)),
      textPath('on pixels', left(i) + textWidth(name, strong(15)) + 10, top(0) - 8, quiet),
      textPath('on the tokens of the network', left(i), top(1) - 8, quiet),
    ]),
    textPath('weight 0', margin, base, { ...quiet, size: 12 }),
    textPath('1', margin + 68 + legend.width + 8, base, { ...quiet, size: 12 }),
    textPath(ticks, margin + 68 + legend.width + 40, base, { ...quiet, size: 12 }),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${sheet.width}" height="${sheet.height}"><rect width="100%" height="100%" fill="#101318"/>${texts.join('')}</svg>`
}
