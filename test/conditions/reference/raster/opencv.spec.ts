import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Canvas, createCanvas } from './canvas.ts'
import { fillConvex } from './fill-convex.ts'
import { fillPolygon } from './fill-polygon.ts'
import { resizeHeightLanczos4 } from './lanczos.ts'
import { thickLine } from './thick-line.ts'

const drawn = z.object({
  kind: z.enum(['line', 'convex', 'polygon']),
  thickness: z.number().optional(),
  points: z.array(z.tuple([z.number(), z.number()])),
  crc: z.number(),
})
/** Pictures of OpenCV 4.11, made by opencv/make-cases.py. */
const { width, height, cases, lanczos } = z
  .object({
    width: z.number(),
    height: z.number(),
    cases: z.array(drawn),
    lanczos: z.object({ image: z.array(z.number()), crc: z.number() }),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'opencv', 'cases.json'), 'utf8')))

function draw({ kind, thickness, points }: z.infer<typeof drawn>): Canvas {
  const canvas = createCanvas(width, height)
  const corners = points.map(([x, y]) => ({ x, y }))
  if (kind === 'line') thickLine(canvas, corners[0], corners[1], thickness ?? 0, [255, 255, 255])
  else if (kind === 'convex') fillConvex(canvas, corners, [255, 255, 255], false)
  else fillPolygon(canvas, corners, [255, 255, 255])
  return canvas
}

describe('raster primitives of the reference renderer', () => {
  it.each(['line', 'convex', 'polygon'])('%s: every random case equals OpenCV pixel by pixel', (kind) => {
    const own = cases.filter((one) => one.kind === kind)
    const wrong = own.filter((one) => crc32(draw(one).data.filter((_, i) => i % 3 === 0)) !== one.crc)
    expect(own.length).toBeGreaterThan(100)
    expect(wrong.map(({ thickness, points }) => ({ thickness, points }))).toEqual([])
  })

  it('Lanczos4 in height equals OpenCV byte by byte', () => {
    const image = { width: 8, height: 90, data: Uint8Array.from(lanczos.image) }
    expect(crc32(resizeHeightLanczos4(image, 88).data)).toBe(lanczos.crc)
  })
})
