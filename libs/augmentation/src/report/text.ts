import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * The part of opentype.js 1.3 that is used. Its published types bring the browser's DOM library into every program that sees them, which
 * then clashes with the types of WebGPU.
 */
interface Glyph {
  readonly advanceWidth?: number
  getPath(x: number, y: number, size: number): { toPathData(decimals: number): string }
}
interface Font {
  readonly unitsPerEm: number
  charToGlyph(character: string): Glyph
  getKerningValue(left: Glyph, right: Glyph): number
}

const require = createRequire(import.meta.url)
const opentype = require('opentype.js') as { parse(bytes: ArrayBuffer): Font }

type Weight = 400 | 600

const fonts = new Map<Weight, Font>()

/** Inter (SIL Open Font License 1.1) out of its npm package: servers often have no fonts, and pictures must not depend on them. */
function font(weight: Weight): Font {
  const known = fonts.get(weight)
  if (known !== undefined) return known
  const path = require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff`)
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

/**
 * The glyphs of a line and where each begins, with pair kerning. Glyph by glyph, because opentype.js refuses some of this font's
 * substitution tables, which plain Latin labels do not need.
 */
function layOut(text: string, { size, weight }: TextStyle): { glyphs: { glyph: Glyph; x: number }[]; width: number } {
  const face = font(weight)
  const scale = size / face.unitsPerEm
  const glyphs: { glyph: Glyph; x: number }[] = []
  let x = 0
  let before: Glyph | undefined
  for (const character of text) {
    const glyph = face.charToGlyph(character)
    if (before !== undefined) x += face.getKerningValue(before, glyph) * scale
    glyphs.push({ glyph, x })
    x += (glyph.advanceWidth ?? 0) * scale
    before = glyph
  }
  return { glyphs, width: x }
}

/** Width of a line of text in pixels. */
export function textWidth(text: string, style: TextStyle): number {
  return layOut(text, style).width
}

/** An SVG path of a line of text with its baseline at y. */
export function textPath(text: string, x: number, y: number, style: TextStyle): string {
  const data = layOut(text, style).glyphs.map((placed) => placed.glyph.getPath(x + placed.x, y, style.size).toPathData(2))
  return `<path d="${data.join('')}" fill="${style.colour}"/>`
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
