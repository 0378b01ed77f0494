import { describe, expect, it } from 'vitest'
import { loadBundle } from './bundle.ts'
import { writeTinyBundle } from '../test/tiny-bundle.ts'
import { clipMemory, expectMemory } from './memory.ts'

describe('memory of a clip', () => {
  it('counts weights, streams of tokens and scores', async () => {
    const { manifest } = await loadBundle(writeTinyBundle())
    const tokens = 3 * 1 * 2
    const weights = manifest.graphs.base.bytes + manifest.graphs.control_vis.bytes
    expect(clipMemory(manifest, 17, ['vis'])).toBe(weights + 4 * ((8 + 4 + 1) * tokens * 64 + 2 * tokens * tokens))
  })

  it('refuses what does not fit, and says what would', async () => {
    const { manifest } = await loadBundle(writeTinyBundle())
    const check = (available: number) => () => expectMemory(manifest, 17, ['vis'], { providers: ['cpu'] }, available)
    expect(check(clipMemory(manifest, 17, ['vis']))).not.toThrow()
    expect(check(clipMemory(manifest, 9, ['vis']))).toThrow(/17 frames of 32x16 with 1 controls.*at most 9 frames/)
    expect(check(1)).toThrow(/for a single frame, or a GPU/)
    expect(() => expectMemory(manifest, 17, ['vis'], { providers: ['cuda', 'cpu'] }, 1)).not.toThrow()
  })
})
