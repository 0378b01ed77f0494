import { describe, expect, it } from 'vitest'
import { type Case, cases, scenes } from './corpus/corpus.ts'
import type { Scene } from './corpus/scene.ts'
import { compare } from './run/compare.ts'
import { readGolden } from './run/golden.ts'
import { openScene } from './run/open-scene.ts'
import { referenceOf } from './run/render-case.ts'

/** The first picture of each scene in every style; `nx run conditions:conformance` draws all of them again. */
const firstOf = (scene: Scene): Case[] => cases.filter((one) => one.scene === scene && one.shot === scene.shots[0])

describe('the reference renderer', () => {
  it.each(scenes.map((scene) => ({ scene, name: scene.name })))('still draws the committed pictures of $name', async ({ scene }) => {
    const { scenario, close } = await openScene(scene)
    try {
      const drifted: string[] = []
      for (const one of firstOf(scene)) {
        const { anyLevel } = compare(await referenceOf(scenario, one), await readGolden(one))
        if (anyLevel > 0) drifted.push(`${one.id}: ${anyLevel} pixels`)
      }
      expect(drifted).toEqual([])
    } finally {
      await close()
    }
  })
})
