import { expect, it } from 'vitest'
import { randomSource } from '../../test/scenario.ts'
import { cellCount, cellDiscs, cellOf, cellsOfDisc } from './cells.ts'

it('puts a disc around every place of a cell', () => {
  const random = randomSource(1)
  for (let i = 0; i < 20_000; i += 1) {
    const range = 10 ** (3 * random() + 2)
    const angle = Math.PI * random()
    const [x, y] = [range * Math.cos(angle), range * Math.sin(angle)]
    const cell = cellOf(x, y)
    expect(cell).toBeLessThan(cellCount)
    const disc = cellDiscs[cell]
    expect(Math.hypot(x - disc.x, y - disc.y)).toBeLessThanOrEqual(disc.radius * (1 + 1e-9))
  }
})

it('has cells that are small against their distance', () => {
  for (const range of [5, 20, 80]) {
    const disc = cellDiscs[cellOf(range, range / 3)]
    expect(disc.radius).toBeLessThan(0.25 * range)
  }
})

it('finds every cell that a disc touches', () => {
  const random = randomSource(2)
  for (let i = 0; i < 300; i += 1) {
    const [x, y, radius] = [80 * random(), 80 * random(), 4 * Math.abs(random())]
    const cells = new Set(cellsOfDisc(x, y, radius))
    for (let k = 0; k < 60; k += 1) {
      const [angle, share] = [Math.PI * random(), Math.abs(random())]
      expect(cells.has(cellOf(x + share * radius * Math.cos(angle), y + share * radius * Math.sin(angle)))).toBe(true)
    }
  }
})

it('takes the axes and the origin', () => {
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [-1, -1e-30],
    [-0, -0],
    [1e6, 0],
  ]) {
    expect(cellOf(x, y)).toBeGreaterThanOrEqual(0)
    expect(cellOf(x, y)).toBeLessThan(cellCount)
  }
})
