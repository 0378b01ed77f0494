import type { RenderDevice } from '@virga/rendering'
import type { RgbImage } from '@virga/scenario'
import { type Case, cases, scenes } from '../corpus/corpus.ts'
import { compare, type Difference } from './compare.ts'
import { readGolden, writeGolden } from './golden.ts'
import { limitOf } from './limits.ts'
import { openScene } from './open-scene.ts'
import { type Engine, referenceOf, renderedOf } from './render-case.ts'

export interface Outcome {
  readonly one: Case
  readonly reference: RgbImage
  /** Absent where rendering failed. */
  readonly rendered?: RgbImage
  readonly difference?: Difference
  readonly error?: string
  /** Pixels in which the reference, drawn now, is another than the committed picture; undefined where it was not drawn. */
  readonly drifted?: number
  readonly passed: boolean
}

export interface RunOptions {
  /** Only cases whose id holds this text. */
  readonly only?: string
  /** Whether the reference is drawn again and held against the committed pictures. */
  readonly redraw: boolean
  /** Whether what it draws becomes the committed picture. */
  readonly update: boolean
  readonly engine: Engine
}

/** Renders every case and compares it with the reference, scene by scene. */
export async function* runCases(device: RenderDevice, { only = '', redraw, update, engine }: RunOptions): AsyncGenerator<Outcome> {
  for (const scene of scenes) {
    const chosen = cases.filter((one) => one.scene === scene && one.id.includes(only))
    if (chosen.length === 0) continue
    const { scenario, close } = await openScene(scene)
    try {
      for (const one of chosen) {
        const drawn = redraw || update ? await referenceOf(scenario, one) : undefined
        if (update && drawn !== undefined) await writeGolden(one, drawn)
        const reference = await readGolden(one)
        const drifted = drawn === undefined ? {} : { drifted: compare(drawn, reference).anyLevel }
        try {
          const rendered = await renderedOf(device, scenario, one, engine)
          const difference = compare(reference, rendered)
          yield { one, reference, rendered, difference, ...drifted, passed: within(one, difference) && (drifted.drifted ?? 0) === 0 }
        } catch (error) {
          yield { one, reference, error: String(error), ...drifted, passed: false }
        }
      }
    } finally {
      await close()
    }
  }
}

/** Whether a difference stays within what the case may be off. */
export function within(one: Case, { share, pixels, strange, lit, mean }: Difference): boolean {
  const limit = limitOf(one)
  return share <= limit.share && pixels <= limit.litShare * lit && strange <= limit.strange && mean <= limit.mean
}
