import { describe, expect, it } from 'vitest'
import { wordIds, words } from './index.ts'

describe('word ids', () => {
  it('lowers the case and splits at everything but letters and digits', () => {
    expect(words("  It's a RAINY night, 24 fps—übel! ")).toEqual(['it', 's', 'a', 'rainy', 'night', '24', 'fps', 'bel'])
    expect(words('')).toEqual([])
  })

  it('gives unknown words the id 1', () => {
    expect(
      wordIds(
        'rain on Mars',
        new Map([
          ['<pad>', 0],
          ['<unk>', 1],
          ['rain', 7],
        ]),
      ),
    ).toEqual([7, 1, 1])
  })
})
