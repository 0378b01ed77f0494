import type { Pose, Scenario, Trajectory } from '@virga/scenario'
import { expect } from 'vitest'

/** Largest difference of two numbers that a round trip may make: metres, or parts of a unit quaternion. */
const tolerance = 1e-9

/**
 * Expects two scenarios to hold the same: stamps, words and integers exactly, numbers to 1e-9, sweeps value by value. Where they were read
 * from is not compared; what makes the lists equal in length is.
 */
export async function expectSameScenario(actual: Scenario, expected: Scenario): Promise<void> {
  expect({ ...actual.origin, uri: '' }).toEqual({ ...expected.origin, uri: '' })
  expect([actual.id, actual.startUs, actual.endUs]).toEqual([expected.id, expected.startUs, expected.endUs])
  expectSameTrajectory(actual.ego, expected.ego)
  expect(actual.rig.cameras.map((camera) => ({ ...camera, camera_to_vehicle: 0 }))).toEqual(
    expected.rig.cameras.map((camera) => ({ ...camera, camera_to_vehicle: 0 })),
  )
  actual.rig.cameras.forEach((camera, i) => expectSamePose(camera.camera_to_vehicle, expected.rig.cameras[i].camera_to_vehicle))
  expect(actual.rig.lidars.map((lidar) => lidar.name)).toEqual(expected.rig.lidars.map((lidar) => lidar.name))
  actual.rig.lidars.forEach((lidar, i) => expectSamePose(lidar.lidar_to_vehicle, expected.rig.lidars[i].lidar_to_vehicle))
  expect(actual.map).toEqual(expected.map)
  expect(actual.drivableAreas).toEqual(expected.drivableAreas)
  expect(actual.tracks.map(wordsOf)).toEqual(expected.tracks.map(wordsOf))
  actual.tracks.forEach((track, i) => {
    expectSameTrajectory(track.trajectory, expected.tracks[i].trajectory)
    expect(track.sizes).toEqual(expected.tracks[i].sizes)
    expect(track.interiorPoints).toEqual(expected.tracks[i].interiorPoints)
  })
  expect(actual.sweeps.map((sweep) => [sweep.timeUs, sweep.stampNs])).toEqual(expected.sweeps.map((sweep) => [sweep.timeUs, sweep.stampNs]))
  for (let i = 0; i < actual.sweeps.length; i++) expect(await actual.sweeps[i].load()).toEqual(await expected.sweeps[i].load())
  expect([...actual.images].map(([name, frames]) => [name, frames.timesUs, frames.stampsNs])).toEqual(
    [...expected.images].map(([name, frames]) => [name, frames.timesUs, frames.stampsNs]),
  )
}

const wordsOf = ({ id, class: name, sourceCategory }: Scenario['tracks'][number]): readonly string[] => [id, name, sourceCategory]

export function expectSameTrajectory(actual: Trajectory, expected: Trajectory): void {
  expect(actual.timesUs).toEqual(expected.timesUs)
  expect(actual.stampsNs).toEqual(expected.stampsNs)
  expect(largestDifference(actual.translations, expected.translations)).toBeLessThan(tolerance)
  expect(largestDifference(actual.rotations, expected.rotations)).toBeLessThan(tolerance)
}

function expectSamePose(actual: Pose, expected: Pose): void {
  expect(largestDifference(actual.translation, expected.translation)).toBeLessThan(tolerance)
  expect(largestDifference(actual.rotation, expected.rotation)).toBeLessThan(tolerance)
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]))
  return largest
}
