import { describe, expect, it } from 'vitest'
import { simulateDrive } from '../world/drive.ts'
import { factsOf } from '../world/facts.ts'
import { captionsFor } from './captions.ts'
import { looks, parseLook } from './looks.ts'

const words = (text: string): number => text.split(/\s+/).length

describe('captionsFor', () => {
  it('words every look of many drives, the same for the same drive', () => {
    const texts = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const drive = simulateDrive({ seed, seconds: 4 })
      for (const look of looks.filter((_, i) => (i + seed) % 5 === 0)) {
        const captions = captionsFor(drive, look)
        expect(Object.keys(captions)).toEqual(['Original', 'Wording 2', 'Wording 3', 'Wording 4'])
        expect(captionsFor(simulateDrive({ seed, seconds: 4 }), look)).toEqual(captions)
        for (const text of Object.values(captions)) {
          expect(words(text), text).toBeGreaterThanOrEqual(50)
          expect(words(text), text).toBeLessThanOrEqual(125)
          expect(text).not.toMatch(/undefined| {2}|\.\.| ,|\n/)
          expect(text).toMatch(/^[A-Z].*\.$/)
          texts.add(text)
        }
      }
    }
    expect(texts.size).toBe(20 * 4 * 4)
  })

  it('says what is so', () => {
    for (let seed = 0; seed < 12; seed++) {
      const drive = simulateDrive({ seed, seconds: 4 })
      const facts = factsOf(drive)
      const { Original: rain } = captionsFor(drive, parseLook('rain/night'))
      expect(rain).toMatch(/rain/i)
      expect(rain).toMatch(/wet/)
      expect(rain).toMatch(/lamps/)
      expect(rain).not.toMatch(/shadow|snow|fog|dry/i)
      expect(/one-way/.test(rain)).toBe(facts.oncomingLanes === 0)
      expect(/behind another vehicle/.test(rain)).toBe(facts.follows)
      expect(/bends gently to the left/.test(rain)).toBe(facts.bend === 'left')
      expect(/parked/.test(rain)).toBe(facts.parked > 0)
      expect(/Nobody/.test(rain)).toBe(facts.pedestrians === 0)
      if (facts.oncomingLanes === 0) expect(facts.oncoming).toBe(0)
      const { Original: snow } = captionsFor(drive, parseLook('snow/day'))
      expect(snow).toMatch(/snow/i)
      expect(snow).not.toMatch(/rain|fog|lamps/i)
    }
  })
})
