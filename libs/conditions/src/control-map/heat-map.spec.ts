import { expect, it } from 'vitest'
import { heatColours } from './heat-colours.ts'
import { heatMap } from './heat-map.ts'

it('heat colours grow lighter with every step', () => {
  const linear = (byte: number): number => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4)
  const luminance = Array.from(
    { length: 256 },
    (_, i) => 0.2126 * linear(heatColours[3 * i]) + 0.7152 * linear(heatColours[3 * i + 1]) + 0.0722 * linear(heatColours[3 * i + 2]),
  )
  for (let i = 4; i < 256; i++) expect(luminance[i]).toBeGreaterThan(luminance[i - 4])
  expect(luminance[0]).toBeLessThan(0.03)
  expect(luminance[255]).toBeGreaterThan(0.85)
})

it('shows the picture in grey where the weight is 0, and the weight elsewhere', () => {
  const picture = { width: 3, height: 1, data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0, 0) }
  const { data } = heatMap(Float32Array.of(0, 0.5, 7), 3, 1, picture)
  expect([data[0], data[1], data[2]]).toEqual([61, 61, 61])
  expect(data.slice(3, 6)).not.toEqual(data.slice(0, 3))
  const full = heatMap(Float32Array.of(0, 0.5, 1), 3, 1, picture)
  expect(data).toEqual(full.data)
})
