import { describe, expect, it } from 'vitest'
import { frameGrid } from './frame-grid.ts'

const drive = { startUs: 1_000_000, endUs: 3_000_000 }

describe('frameGrid', () => {
  it('puts frame i at start + i / fps on whole microseconds', () => {
    const { timesUs, available } = frameGrid(drive, { fps: 24, count: 4 })
    expect(timesUs).toEqual([1_000_000, 1_041_667, 1_083_333, 1_125_000])
    expect(available).toBe(49)
  })

  it('never goes beyond the drive, also where rounding would', () => {
    const { timesUs } = frameGrid({ startUs: 0, endUs: 333_333 }, { fps: 24 })
    expect(timesUs).toHaveLength(9)
    expect(timesUs.at(-1)).toBe(333_333)
  })

  it('takes what is preferred, or all when there is less', () => {
    expect(frameGrid(drive, { fps: 24, preferred: 121 }).timesUs).toHaveLength(49)
    expect(frameGrid(drive, { fps: 24, preferred: 9 }).timesUs).toHaveLength(9)
  })

  it('says how many frames there are when more are asked for', () => {
    expect(() => frameGrid(drive, { fps: 24, count: 50 })).toThrow(/50 frames are more than the drive has.*at most 49 at 24/)
    expect(() => frameGrid(drive, { fps: 30, startSeconds: 1, count: 99 })).toThrow(/at most 31 at 30 frames per second from 1 s on/)
  })

  it('says where the drive ends when the start lies beyond it', () => {
    expect(() => frameGrid(drive, { fps: 24, startSeconds: 2.5 })).toThrow(/0 to 2.000 seconds/)
  })
})
