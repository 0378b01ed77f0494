import { isVirgaError } from '@virga/errors'
import { describe, expect, it } from 'vitest'
import { buildTrajectory } from './build-trajectory.ts'
import { quatFromAxisAngle, yawOfQuat } from './geometry/quat.ts'
import { poseAt } from './pose-at.ts'
import type { LidarSweepSource } from './scenario.ts'
import { nearestSweep, sweepsAround } from './sweeps-around.ts'
import { trackBoxAt } from './track-box.ts'
import type { Track } from './track.ts'

const yaws = [0, 1, 1, -3]
const columns = {
  timesUs: [0, 100_000, 200_000, 900_000],
  translations: [0, 0, 0, 10, 0, 0, 10, 4, 0, 0, 0, 0],
  rotations: yaws.flatMap((yaw) => [...quatFromAxisAngle([0, 0, 1], yaw)]),
}

describe('poseAt', () => {
  const trajectory = buildTrajectory(columns)

  it('gives samples as they are and interpolates between them', () => {
    expect(poseAt(trajectory, 100_000).translation).toEqual([10, 0, 0])
    const quarter = poseAt(trajectory, 25_000)
    expect(quarter.translation).toEqual([2.5, 0, 0])
    expect(yawOfQuat(quarter.rotation)).toBeCloseTo(0.25, 12)
    // From 1 to -3 rad the shorter way is up through pi: 2 pi - 4 rad in all.
    expect(yawOfQuat(poseAt(trajectory, 550_000).rotation)).toBeCloseTo(1 + (2 * Math.PI - 4) / 2, 12)
  })

  it.each([-1, 900_001, NaN])('says the range for the time %f', (time) => {
    try {
      poseAt(trajectory, time)
      expect.unreachable()
    } catch (error) {
      expect(isVirgaError(error) && error.code).toBe('VIRGA_OUT_OF_RANGE')
      expect(String(error)).toContain('0 to 900000 us')
    }
  })

  it('takes two source stamps within one microsecond', () => {
    const stampsNs = BigInt64Array.of(0n, 1_000n, 1_999n)
    const close = buildTrajectory({
      timesUs: [0, 1, 1],
      translations: new Array<number>(9).fill(1),
      rotations: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0],
      stampsNs,
    })
    expect(poseAt(close, 1).translation).toEqual([1, 1, 1])
    expect(close.stampsNs).toEqual(stampsNs)
  })
})

describe('buildTrajectory', () => {
  const changed = (key: keyof typeof columns, index: number, value: number): typeof columns => ({
    ...columns,
    [key]: columns[key].map((old, i) => (i === index ? value : old)),
  })

  it.each([
    ['a repeated time', changed('timesUs', 2, 100_000), /time 100000 appears twice.*row 12/],
    ['a time going backwards', changed('timesUs', 2, 5), /backwards from 100000 to 5.*row 12/],
    ['half a microsecond', changed('timesUs', 1, 0.5), /0.5 is not a safe integer.*row 11/],
    ['NaN', changed('translations', 5, NaN), /translation is NaN.*row 11, field translation z/],
    ['infinity', changed('translations', 0, -Infinity), /-Infinity.*row 10/],
    ['a quaternion twice too long', changed('rotations', 0, 2), /norm 2 .*row 10.*unit quaternion/],
    ['a NaN quaternion', changed('rotations', 4, NaN), /norm NaN.*row 11/],
    ['no samples', { timesUs: [], translations: [], rotations: [] }, /no samples/],
    ['columns of different length', { ...columns, rotations: [1, 0, 0, 0] }, /4 times, 12 translation and 4 rotation/],
  ])('refuses %s', (_name, bad, message) => {
    const source = { file: 'poses.feather', what: 'ego poses', recordOf: (i: number) => `row ${10 + i}` }
    expect(() => buildTrajectory(bad, source)).toThrow(message)
    expect(() => buildTrajectory(bad, source)).toThrow(/^ego poses: .*poses.feather/)
  })

  it('refuses nanosecond stamps that do not rise', () => {
    expect(() => buildTrajectory({ ...columns, stampsNs: BigInt64Array.of(1n, 3n, 2n, 4n) })).toThrow(/backwards from 3 to 2/)
  })
})

describe('trackBoxAt', () => {
  const sizes = Float64Array.of(4, 2, 1, 4, 2, 1, 5, 2, 2, 5, 2, 2)
  const track: Track = {
    id: 'a',
    class: 'car',
    sourceCategory: 'CAR',
    trajectory: buildTrajectory(columns),
    sizes,
    moving: Uint8Array.of(1, 1, 0, 1),
  }

  it('interpolates pose and size', () => {
    expect(trackBoxAt(track, 150_000)).toMatchObject({ size: [4.5, 2, 1.5], moving: true, object_to_world: { translation: [10, 2, 0] } })
    expect(trackBoxAt(track, 200_000)).toMatchObject({ size: [5, 2, 2], moving: false })
    expect(trackBoxAt(track, 900_000)?.object_to_world.translation).toEqual([0, 0, 0])
  })

  it('has no box outside its span or inside a long gap', () => {
    expect(trackBoxAt(track, -1)).toBeUndefined()
    expect(trackBoxAt(track, 900_001)).toBeUndefined()
    expect(trackBoxAt(track, 550_000)).toBeUndefined()
    expect(trackBoxAt(track, 550_000, 700_000)).toBeDefined()
  })
})

describe('sweeps', () => {
  const sweeps: LidarSweepSource[] = [0, 100, 200, 300].map((timeUs) => ({
    timeUs,
    load: () => Promise.reject(new Error('must not load')),
  }))

  it('finds those around a time, ends included', () => {
    expect(sweepsAround(sweeps, 150, { beforeUs: 50, afterUs: 150 }).map((s) => s.timeUs)).toEqual([100, 200, 300])
    expect(sweepsAround(sweeps, 1000, { beforeUs: 10, afterUs: 10 })).toEqual([])
    expect(nearestSweep(sweeps, 150)?.timeUs).toBe(100)
    expect(nearestSweep(sweeps, 151)?.timeUs).toBe(200)
    expect(nearestSweep([], 0)).toBeUndefined()
  })
})
