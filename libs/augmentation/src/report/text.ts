import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import opentype, { type Font } from 'opentype.js'

type Weight = 400 | 600

const fonts = new Map<Weight, Font>()

/** Inter (SIL Open Font License 1.1) out of its npm package: servers often have no fonts, and pictures must not depend on them. */
function font(weight: Weight): Font {
  const known = fonts.get(weight)
  if (known !== undefined) return known
  const path = createRequire(import.meta.url).resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff`)
  const bytes = readFileSync(path)
  const made = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  fonts.set(weight, made)
  return made
}

export interface TextStyle {
  /** Pixels per em. */
  readonly size: number
  readonly weight: Weight
  readonly colour: string
}

/** Width of a line of text in pixels. */
export function textWidth(text: string, { size, weight }: TextStyle): number {
  return font(weight).getAdvanceWidth(text, size)
}

/** An SVG path of a line of text with its baseline at y. */
export function textPath(text: string, x: number, y: number, style: TextStyle): string {
  const data = font(style.weight).getPath(text, x, y, style.size).toPathData(2)
  return `<path d="${data}" fill="${style.colour}"/>`
}

/** Breaks text at spaces, slashes and hyphens into lines that fit a width. */
export function wrap(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=[ /-])/)) {
    if (line !== '' && textWidth((line + word).trimEnd(), style) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += word
  }
  return [...lines, line.trimEnd()]
}
