import { describe, expect, it } from 'vitest'
import { buildTrajectory } from './build-trajectory.ts'
import { cutScenario } from './cut-scenario.ts'
import { poseAt } from './pose-at.ts'
import type { Scenario } from './scenario.ts'

/** Poses every 10 us along x, boxes and images every 20, sweeps every 30. */
function drive(): Scenario {
  const path = (step: number, stamps: boolean) => {
    const timesUs = Array.from({ length: 1 + 100 / step }, (_, i) => i * step)
    return buildTrajectory({
      timesUs,
      translations: timesUs.flatMap((t) => [t, 0, 0]),
      rotations: timesUs.flatMap(() => [1, 0, 0, 0]),
      ...(stamps ? { stampsNs: BigInt64Array.from(timesUs, (t) => BigInt(t) * 1000n + 7n) } : {}),
    })
  }
  const boxes = path(20, false)
  return {
    id: 'd',
    origin: { format: 'simulation', uri: '' },
    startUs: 0,
    endUs: 100,
    rig: { cameras: [], lidars: [] },
    ego: path(10, true),
    map: [],
    tracks: [
      {
        id: 't',
        class: 'car',
        sourceCategory: 'car',
        trajectory: boxes,
        sizes: Float64Array.from({ length: 18 }, (_, i) => i),
        moving: Uint8Array.from({ length: 6 }, (_, i) => i % 2),
      },
    ],
    sweeps: [0, 30, 60, 90].map((timeUs) => ({ timeUs, load: () => Promise.reject(new Error('not now')) })),
    images: new Map([
      ['c', { timesUs: boxes.timesUs, load: async (index) => ({ width: 1, height: 1, data: Uint8Array.of(index, 0, 0) }) }],
    ]),
    missing: [],
  }
}

describe('cutScenario', () => {
  it('keeps what lies inside, and has a pose at both ends', async () => {
    const cut = cutScenario(drive(), 25, 60)
    expect([cut.startUs, cut.endUs]).toEqual([25, 60])
    expect([...cut.ego.timesUs]).toEqual([25, 30, 40, 50, 60])
    expect([...(cut.ego.stampsNs ?? [])]).toEqual([25_000n, 30_007n, 40_007n, 50_007n, 60_007n])
    for (const timeUs of [25, 33, 60]) expect(poseAt(cut.ego, timeUs)).toEqual(poseAt(drive().ego, timeUs))
    expect(cut.tracks.map(({ trajectory, sizes, moving }) => [[...trajectory.timesUs], [...sizes], [...(moving ?? [])]])).toEqual([
      [
        [40, 60],
        [6, 7, 8, 9, 10, 11],
        [0, 1],
      ],
    ])
    expect(cut.sweeps.map(({ timeUs }) => timeUs)).toEqual([30, 60])
    expect((await cut.images.get('c')?.load(0))?.data[0]).toBe(2)
    expect(cutScenario(drive(), 5, 12).tracks).toEqual([])
    expect([...cutScenario(drive(), 12, 18).ego.timesUs]).toEqual([12, 18])
    expect([...(cutScenario(drive(), 12, 18).ego.stampsNs ?? [])]).toEqual([12_000n, 18_999n])
  })

  it('of the whole is the whole', () => {
    expect(cutScenario(drive(), 0, 100)).toMatchObject({ ego: drive().ego, startUs: 0, endUs: 100 })
  })

  it('does not reach outside', () => {
    for (const [from, to] of [
      [-1, 50],
      [50, 101],
      [50, 50],
      [NaN, 50],
    ]) {
      expect(() => cutScenario(drive(), from, to)).toThrow(/there is no drive from/)
    }
  })
})
