import type { LidarSweepSource } from '@virga/scenario'
import { expect, it } from 'vitest'
import { chooseSweeps } from './choose-sweeps.ts'

const sweeps = Array.from({ length: 10 }, (_, i): LidarSweepSource => ({
  timeUs: i * 100_000,
  load: () => Promise.reject(new Error('not asked for')),
}))
const chosen = (timeUs: number, from = sweeps): string =>
  chooseSweeps(from, timeUs)
    .map(({ index, times }) => `${index}x${times}`)
    .join(' ')

it('takes the nearest sweep and two to each side', () => {
  expect(chosen(500_000)).toBe('3x1 4x1 5x1 6x1 7x1')
  expect(chosen(533_333)).toBe('3x1 4x1 5x1 6x1 7x1')
  expect(chosen(566_666)).toBe('4x1 5x1 6x1 7x1 8x1')
})

it("counts the log's first and last sweep for those that are not there", () => {
  expect(chosen(0)).toBe('0x3 1x1 2x1')
  expect(chosen(900_000)).toBe('7x1 8x1 9x3')
  expect(chosen(40_000, sweeps.slice(0, 1))).toBe('0x5')
})

it('takes none that is far from the frame, and none from a log without sweeps', () => {
  expect(chosen(1_600_000)).toBe('')
  expect(chosen(0, [])).toBe('')
})
