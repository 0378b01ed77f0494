import { describe, expect, it } from 'vitest'
import { lookName } from '../weather/looks.ts'
import { planSet } from './plan.ts'

describe('planSet', () => {
  const scenes = planSet({ train: 95, val: 8, test: 5, frames: 33, looks: 5 })
  const of = (split: string) => scenes.filter((scene) => scene.split === split)

  it('covers the 19 looks beside the source equally', () => {
    const counts = new Map<string, number>()
    for (const { looks } of of('train')) {
      expect(looks.map(lookName)[0]).toBe('clear-day')
      expect(new Set(looks.map(lookName)).size).toBe(6)
      for (const look of looks.slice(1)) counts.set(lookName(look), (counts.get(lookName(look)) ?? 0) + 1)
    }
    expect(counts.size).toBe(19)
    expect(new Set(counts.values())).toEqual(new Set([25]))
  })

  it('gives test scenes all 20 looks, and every scene 8 m + 1 frames and its own seed per split', () => {
    for (const { looks } of of('test')) expect(new Set(looks.map(lookName)).size).toBe(20)
    for (const { frames } of scenes) expect(frames % 8).toBe(1)
    const seeds = [...new Set(scenes.map(({ split, seed }) => `${split}${seed}`))]
    expect(seeds.length).toBe(95 + 8 + 5)
    expect(new Set([...new Set(scenes.map(({ seed }) => seed))]).size).toBe(95 + 8 + 5)
  })

  it('keeps a scene when the set grows', () => {
    const bigger = planSet({ train: 200, val: 8, test: 5, frames: 33, looks: 5 })
    for (const scene of of('train')) expect(bigger).toContainEqual(scene)
  })
})
