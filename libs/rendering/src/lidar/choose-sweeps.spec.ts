import type { LidarSweepSource } from '@virga/scenario'
import { expect, it } from 'vitest'
import { chooseSweeps, sweepAfter } from './choose-sweeps.ts'

const source = (timeUs: number): LidarSweepSource => ({ timeUs, load: () => Promise.reject(new Error('not asked for')) })
const everyTenth = (count: number): LidarSweepSource[] => Array.from({ length: count }, (_, i) => source(i * 100_000))
const rules = { sweepsEachSide: 2, farthestSweepUs: 350_000 }

function chosen(timeUs: number, sweeps = everyTenth(10), endUs = 10_000_000): string {
  const drive = { sweeps, startUs: 0, endUs }
  return chooseSweeps(drive, timeUs, rules)
    .map(({ index, times }) => `${index}x${times}`)
    .join(' ')
}

it('takes the nearest sweep and two to each side', () => {
  expect(chosen(500_000)).toBe('3x1 4x1 5x1 6x1 7x1')
  expect(chosen(533_333)).toBe('3x1 4x1 5x1 6x1 7x1')
  expect(chosen(566_666)).toBe('4x1 5x1 6x1 7x1 8x1')
})

it("counts the log's first and last sweep for those that are not there", () => {
  expect(chosen(0)).toBe('0x3 1x1 2x1')
  expect(chosen(900_000)).toBe('7x1 8x1 9x3')
  expect(chosen(40_000, everyTenth(1))).toBe('0x5')
})

it('takes none that is far from the frame, and none from a log without sweeps', () => {
  expect(chosen(1_600_000)).toBe('')
  expect(chosen(0, [])).toBe('')
})

it('takes none outside the ego poses', () => {
  expect(chosen(500_000, everyTenth(10), 550_000)).toBe('3x1 4x1 5x3')
  expect(chosen(500_000, [source(-100_000), source(900_000)], 800_000)).toBe('')
})

/** Frame indices at 30 Hz as Cosmos-Drive-Dreams takes them; ties of the rounding (to even) cannot come up on thirds. */
function upstream(frame: number, frames: number): number[] {
  const lastSweep = 3 * Math.floor((frames - 1) / 3)
  return [-6, -3, 0, 3, 6].map((offset) => {
    const clamped = Math.min(Math.max(frame + offset, 0), frames - 1)
    return Math.min(3 * Math.round(clamped / 3), lastSweep)
  })
}

it.each([300, 122, 121, 123, 7])('agrees with the reference rule on every frame of a 30 Hz clip of %i frames', (frames) => {
  const time = (frame: number): number => Math.round((frame * 1e6) / 30)
  // More sweeps than frames: those beyond the last frame must not be used.
  const sweeps = Array.from({ length: Math.ceil(frames / 3) + 3 }, (_, i) => source(time(3 * i)))
  for (let frame = 0; frame < frames; frame += 1) {
    const drive = { sweeps, startUs: 0, endUs: time(frames - 1) }
    const ours = chooseSweeps(drive, time(frame), { ...rules, farthestSweepUs: Infinity })
    expect(ours.flatMap(({ index, times }) => Array.from({ length: times }, () => 3 * index))).toEqual(upstream(frame, frames))
  }
})

it('names the next sweep as long as there is one that can be drawn', () => {
  const drive = { sweeps: everyTenth(10), startUs: 0, endUs: 850_000 }
  const after = (timeUs: number): number | undefined => sweepAfter(drive, chooseSweeps(drive, timeUs, rules))
  expect([after(0), after(500_000), after(600_000), after(800_000)]).toEqual([3, 8, undefined, undefined])
  expect(sweepAfter(drive, [])).toBe(undefined)
})
