import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const size = z.tuple([z.number(), z.number()])
const schema = z.object({
  width: z.number(),
  height: z.number(),
  /** x0, y0, x1, y1, thickness, digest of the mask */
  lines: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.string()])),
  /** x0, y0, x1, y1, inside, and the ends as they were cut */
  clips: z.array(z.array(z.number())),
  polygons: z.array(z.tuple([z.array(z.number()), z.string()])),
  resizes: z.array(z.object({ from: size, to: size, image: z.string(), resized: z.string() })),
})

/** What OpenCV draws and resizes: made by make_cases.py. */
export function readOpencvCases(): z.infer<typeof schema> {
  return schema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8')))
}
