import {
  composePose,
  identityPose,
  invertPose,
  type LidarSweepSource,
  type Pose,
  poseAt,
  type Scenario,
  trackBoxAt,
  transformPoint,
  type Vec3,
} from '@virga/scenario'
import { timeOf } from './drive.ts'
import { normal, seeded } from './random.ts'

const lidar_to_vehicle: Pose = { ...identityPose, translation: [1.1, 0, 1.9] }

/** Points of one sweep by what they lie on. */
interface Counts {
  readonly ground: number
  readonly walls: number
  readonly boxes: number
  /** Points within the sensor's blind 3 metres. */
  readonly near: number
}

/** 10 Hz sweeps of a drive: random points on the ground, on two walls, on every box as it stands then, and some too close to the sensor. */
export function sweepsOf(scene: Scenario, frames: number, counts: Counts, seed: number): LidarSweepSource[] {
  return Array.from({ length: Math.floor((frames - 1) / 3) + 1 }, (_, k): LidarSweepSource => {
    const timeUs = timeOf(3 * k)
    return {
      timeUs,
      load: async () => {
        const points_to_world = composePose(poseAt(scene.ego, timeUs), lidar_to_vehicle)
        const random = seeded(seed + 1000 * k)
        const points = worldPoints(scene, timeUs, counts, points_to_world.translation, random).map((point) =>
          transformPoint(invertPose(points_to_world), point),
        )
        const near = Array.from({ length: counts.near }, (): Vec3 => [2 + 0.9 * random(), normal(random) * 0.3, -0.5 * random()])
        return { timeUs, points: Float32Array.from([...points, ...near].flat()), points_to_vehicle: lidar_to_vehicle }
      },
    }
  })
}

function worldPoints(scene: Scenario, timeUs: number, counts: Counts, [ox, oy]: Vec3, random: () => number): Vec3[] {
  const ground = Array.from({ length: counts.ground }, (): Vec3 => {
    const [reach, angle] = [3.5 * 25 ** random(), 2 * Math.PI * random()]
    return [ox + reach * Math.cos(angle), oy + reach * Math.sin(angle), 0.02 * normal(random)]
  })
  const walls = Array.from({ length: counts.walls }, (_, i): Vec3 => [
    140 * random() - 20,
    (i % 2 === 0 ? 9 : -11) + 0.05 * normal(random),
    4 * random(),
  ])
  const boxes = scene.tracks.flatMap((one) => trackBoxAt(one, timeUs) ?? [])
  const onBoxes = boxes.flatMap(({ object_to_world, size }) =>
    Array.from({ length: counts.boxes }, (): Vec3 => {
      const side = random() < 0.5
      const own: Vec3 = [side ? -0.5 : random() - 0.5, side ? random() - 0.5 : random() < 0.5 ? -0.5 : 0.5, random() - 0.5]
      return transformPoint(object_to_world, [own[0] * size[0], own[1] * size[1], own[2] * size[2]])
    }),
  )
  return [...ground, ...walls, ...onBoxes]
}
