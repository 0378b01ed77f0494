import { describe, expect, it } from 'vitest'
import { cases, scenes } from './corpus/corpus.ts'
import { compare } from './run/compare.ts'
import { readGolden } from './run/golden.ts'
import { openScene } from './run/open-scene.ts'
import { referenceOf } from './run/render-case.ts'

describe('the reference renderer', () => {
  it.each(scenes.map((scene) => ({ scene, name: scene.name })))('still draws the committed pictures of $name', async ({ scene }) => {
    const { scenario, close } = await openScene(scene)
    try {
      const drifted: string[] = []
      for (const one of cases.filter((other) => other.scene === scene)) {
        const { anyLevel } = compare(await referenceOf(scenario, one), await readGolden(one))
        if (anyLevel > 0) drifted.push(`${one.id}: ${anyLevel} pixels`)
      }
      expect(drifted).toEqual([])
    } finally {
      await close()
    }
  })
})
