import { segClasses, segClassId } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { segControl, segPaletteNamed, segPicture } from './seg.ts'
import { segPalettes } from './seg-palettes.ts'

const { sky, road, vehicle, terrain, pedestrian } = segClassId
const frame = {
  width: 6,
  height: 1,
  classes: Uint8Array.of(sky, road, vehicle, vehicle, terrain, pedestrian),
  tracks: Uint16Array.of(0, 0, 7, 8, 0, 9),
}
const pixels = ({ data }: { data: Uint8Array }): number[][] =>
  Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)])

describe('seg control', () => {
  it('paints classes in a named palette', () => {
    expect(pixels(segPicture(frame))).toEqual([[70, 130, 180], [128, 64, 128], [0, 0, 142], [0, 0, 142], [152, 251, 152], [220, 20, 60]]) // prettier-ignore
    expect(new Set(Object.values(segPalettes.cityscapes).map(String)).size).toBe(segClasses.length)
  })

  it('paints classes in a palette of the user', () => {
    const palette = { ...segPalettes.cityscapes, road: [1, 2, 3] as const }
    expect(pixels(segPicture(frame, { palette }))[1]).toEqual([1, 2, 3])
  })

  it('paints things in random colours on black, the same in every frame', async () => {
    const look = { random: { seed: 5 } }
    const shown: number[][][] = []
    const turned = { ...frame, classes: frame.classes.toReversed(), tracks: frame.tracks.toReversed() }
    for await (const image of segControl([frame, turned], look)) shown.push(pixels(image))
    const [first, second] = shown
    expect(second).toEqual(first.toReversed())
    expect([first[0], first[4]]).toEqual([[0, 0, 0], [0, 0, 0]]) // prettier-ignore
    const colours = [first[1], first[2], first[3], first[5]]
    expect(new Set(colours.map(String)).size).toBe(4)
    expect(pixels(segPicture(frame, { random: { seed: 6 } }))).not.toEqual(first)
  })

  it('random colours have a saturation of 0.1 to 1 and a value of 0.2 to 1, and all hues', () => {
    const count = 3000
    const many = {
      width: count,
      height: 1,
      classes: new Uint8Array(count).fill(vehicle),
      tracks: Uint16Array.from({ length: count }, (_, i) => i + 1),
    }
    const hues = new Set<number>()
    for (const [r, g, b] of pixels(segPicture(many, { random: { seed: 1 } }))) {
      const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)]
      expect(high).toBeGreaterThanOrEqual(50)
      expect((high - low) / high).toBeGreaterThan(0.06)
      hues.add(
        Math.floor(
          (3 * (high === r ? (g - b) / (high - low) : high === g ? 2 + (b - r) / (high - low) : 4 + (r - g) / (high - low)) + 18) % 18,
        ),
      )
    }
    expect(hues.size).toBe(18)
  })

  it('names what it does not know', () => {
    expect(segPaletteNamed('cityscapes')).toBe('cityscapes')
    expect(() => segPaletteNamed('toString')).toThrow(/cityscapes/)
    expect(() => segPicture({ width: 1, height: 1, classes: Uint8Array.of(99) })).toThrow(/class 99/)
  })
})
