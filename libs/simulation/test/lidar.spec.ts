import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import {
  type LidarSweep,
  cameraPoseAt,
  composePose,
  invertPose,
  poseAt,
  project,
  scaleCamera,
  segClassId,
  trackBoxAt,
  transformPoint,
  type Vec3,
} from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DriveFrame,
  parseLook,
  renderDrive,
  simulatedLidar,
  simulatedSweeps,
  simulateDrive,
  type SimulatedDrive,
} from '../src/index.ts'

const size = { width: 1280, height: 704 }
const index = 10
const driveOf = (seed: number): SimulatedDrive => simulateDrive({ seed, seconds: 2, fps: 10, ...size })

const pointsOf = ({ points }: LidarSweep): Vec3[] =>
  Array.from({ length: points.length / 3 }, (_, i) => [points[3 * i], points[3 * i + 1], points[3 * i + 2]])

/** Points of a sweep in the world. */
function inWorld(drive: SimulatedDrive, sweep: LidarSweep): Vec3[] {
  const lidar_to_world = composePose(poseAt(drive.scenario.ego, sweep.timeUs), sweep.points_to_vehicle)
  return pointsOf(sweep).map((point) => transformPoint(lidar_to_world, point))
}

describe('LiDAR against the pictures of the same moment', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  async function truthOf(drive: SimulatedDrive): Promise<DriveFrame> {
    const request = { ...size, cameraName: 'front', look: parseLook('clear/day'), frames: { start: index, count: 1 }, supersample: 1 }
    for await (const frame of renderDrive(device, drive, request)) return frame
    throw new Error('no frame')
  }

  /** Depth between four pixel centres: 1 / z is linear on a plane. */
  function between(depth: Float32Array, u: number, v: number): number {
    const [x, y] = [Math.floor(u - 0.5), Math.floor(v - 0.5)]
    const [f, g] = [u - 0.5 - x, v - 0.5 - y]
    const at = (dx: number, dy: number): number => 1 / depth[(y + dy) * size.width + x + dx]
    return 1 / ((1 - g) * ((1 - f) * at(0, 0) + f * at(1, 0)) + g * ((1 - f) * at(0, 1) + f * at(1, 1)))
  }

  /** Share of the points in the picture that lie on what it shows, metres along the camera's z, and of those in front of it. */
  function agreement(
    drive: SimulatedDrive,
    sweep: LidarSweep,
    { depth, seg }: DriveFrame,
  ): { on: number; points: number; vehicles: number } {
    const { scenario } = drive
    const timeUs = Math.round(drive.frameTimes[index] * 1e6)
    expect(sweep.timeUs).toBe(timeUs)
    const camera = scaleCamera(scenario.rig.cameras[0], size.width, size.height)
    const world_to_camera = invertPose(cameraPoseAt(scenario, scenario.rig.cameras[0], timeUs))
    const count = { on: 0, points: 0, vehicles: 0 }
    for (const point of inWorld(drive, sweep)) {
      const at = transformPoint(world_to_camera, point)
      if (at[2] < 1) continue
      const { u, v } = project(camera.model, at)
      const [x, y] = [Math.floor(u), Math.floor(v)]
      if (x < 1 || y < 1 || x >= size.width - 1 || y >= size.height - 1) continue
      // What the sensor sees over the camera's head the picture does not show: things behind others are not counted.
      let [least, hidden] = [Math.abs(between(depth, u, v) - at[2]), true]
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const z = depth[(y + dy) * size.width + x + dx]
          least = Math.min(least, Math.abs(z - at[2]))
          if (z === 0 || z > at[2] - 0.15) hidden = false
        }
      }
      if (hidden && least > 0.15) continue
      count.points++
      if (least < 0.15) {
        count.on++
        if (seg[y * size.width + x] === segClassId.vehicle) count.vehicles++
      }
    }
    return count
  }

  it.each([3, 7])('exact points lie on the depth of the picture (seed %i)', async (seed) => {
    const drive = driveOf(seed)
    const truth = await truthOf(drive)
    const still = await simulatedSweeps(drive, { noise: false, rolling: false })[index].load()
    const exact = agreement(drive, still, truth)
    expect(exact.points).toBeGreaterThan(20_000)
    expect(exact.vehicles).toBeGreaterThan(300)
    expect(exact.on / exact.points).toBeGreaterThan(0.997)
    // As delivered: noise, and what moves has moved on when the beam reaches it.
    const real = agreement(drive, await simulatedSweeps(drive)[index].load(), truth)
    expect(real.on / real.points).toBeGreaterThan(0.97)
    if (process.env.VIRGA_VERBOSE !== undefined) process.stdout.write(`${JSON.stringify({ seed, exact, real })}\n`)
  })
})

describe('sweeps of a simulated drive', () => {
  it('are the same in whatever order they are asked for, and differ from each other', async () => {
    const [a, b] = [simulatedSweeps(driveOf(7), { grid: '64x1800' }), simulatedSweeps(driveOf(7), { grid: '64x1800' })]
    const first = await a[0].load()
    const [last, later] = [await a[5].load(), await b[5].load()]
    expect(later).toEqual(last)
    expect(await b[0].load()).toEqual(first)
    expect(Buffer.compare(Buffer.from(first.points.buffer), Buffer.from(last.points.buffer))).not.toBe(0)
    expect(simulatedSweeps(driveOf(8), { grid: '64x1800' })[0].timeUs).toBe(0)
    expect(a.map(({ timeUs }) => timeUs)).toEqual(Array.from({ length: 21 }, (_, i) => i * 100_000))
  })

  it('turn clockwise from behind, rows from the top, times with the columns', async () => {
    const drive = driveOf(3)
    const lidar = simulatedLidar(drive, { grid: { rows: 128, columns: 400 }, noise: false })
    const { points, ring, offsetsNs, intensity, points_to_vehicle } = await lidar.sweeps[index].load()
    expect(points_to_vehicle).toEqual(lidar.lidars[0].lidar_to_vehicle)
    const n = points.length / 3
    expect([ring?.length, offsetsNs?.length, intensity?.length]).toEqual([n, n, n])
    // From the start of the turn to its end the sensor goes up to 0.9 m and turns a little; far points hardly notice.
    for (let i = 0; i < n; i += 37) {
      const [x, y, z] = points.subarray(3 * i, 3 * i + 3)
      if (Math.hypot(x, y) < 25) continue
      const azimuth = Math.PI - (2 * Math.PI * (offsetsNs as Int32Array)[i]) / 1e8
      const off = Math.atan2(y, x) - azimuth
      expect(Math.abs(off - 2 * Math.PI * Math.round(off / (2 * Math.PI)))).toBeLessThan(0.05)
      expect(Math.abs(Math.atan2(z, Math.hypot(x, y)) - lidar.lidarBeams.rowElevations[(ring as Uint8Array)[i]])).toBeLessThan(0.02)
    }
    expect([lidar.lidarBeams.rowElevations[0], lidar.lidarBeams.rowElevations[127]]).toEqual([0.2522, -0.43565])
  })

  it('fill the boxes of what is near, and no box from inside', async () => {
    const drive = driveOf(3)
    const sweep = await simulatedSweeps(drive, { rolling: false, grid: '64x1800' })[index].load()
    const { points } = sweep
    const lidar_to_world = composePose(poseAt(drive.scenario.ego, sweep.timeUs), sweep.points_to_vehicle)
    const counts: { inside: number; deep: number }[] = []
    for (const track of drive.scenario.tracks) {
      const box = trackBoxAt(track, sweep.timeUs)
      if (box === undefined) continue
      const box_to_lidar = composePose(invertPose(lidar_to_world), box.object_to_world)
      const [x, y] = box_to_lidar.translation
      if (Math.hypot(x, y) > 25) continue
      const toBox = invertPose(box_to_lidar)
      const half = box.size.map((length) => length / 2 + 0.05)
      let [inside, deep] = [0, 0]
      for (let i = 0; i < points.length; i += 3) {
        if (Math.abs(points[i] - x) > 5 || Math.abs(points[i + 1] - y) > 5) continue
        const q = transformPoint(toBox, [points[i], points[i + 1], points[i + 2]])
        const fill = Math.max(Math.abs(q[0]) / half[0], Math.abs(q[1]) / half[1], Math.abs(q[2]) / half[2])
        if (fill <= 1) inside++
        if (fill <= 0.25) deep++
      }
      counts.push({ inside, deep })
    }
    expect(counts.length).toBeGreaterThan(4)
    const seen = counts.filter(({ inside }) => inside > 30)
    expect(seen.length / counts.length).toBeGreaterThan(0.6)
    for (const { inside, deep } of seen) expect(deep / inside).toBeLessThan(0.1)
  })

  it('see less far in fog, less road in rain, and flakes near by in snow', async () => {
    const drive = driveOf(7)
    const load = (weather: 'clear' | 'rain' | 'snow' | 'fog'): Promise<LidarSweep> =>
      simulatedSweeps(drive, { weather, grid: '64x1800' })[index].load()
    const ranges = async (weather: 'clear' | 'rain' | 'snow' | 'fog'): Promise<number[]> =>
      pointsOf(await load(weather)).map((point) => Math.hypot(...point))
    const [clear, rain, snow, fog] = [await ranges('clear'), await ranges('rain'), await ranges('snow'), await ranges('fog')]
    const beyond = (values: number[], metres: number): number => values.filter((value) => value > metres).length
    const within = (values: number[], metres: number): number => values.filter((value) => value < metres).length
    expect(beyond(fog, 60)).toBeLessThan(0.2 * beyond(clear, 60))
    expect(beyond(rain, 60)).toBeLessThan(beyond(clear, 60))
    // Nothing but the weather itself is within 3 m of a roof in its own lane.
    expect(within(clear, 2)).toBe(0)
    expect(within(snow, 10)).toBeGreaterThan(1.05 * within(clear, 10))
    expect(within(rain, 2)).toBeGreaterThan(0)
    expect(within(rain, 2)).toBeLessThan(within(snow, 2))
  })

  it('names what is wrong', async () => {
    const drive = driveOf(7)
    expect(() => simulatedSweeps(drive, { grid: '32x10' as never })).toThrow(expect.objectContaining({ code: 'VIRGA_UNKNOWN_NAME' }))
    expect(() => simulatedSweeps(drive, { grid: { rows: 300, columns: 100 } })).toThrow(
      expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE' }),
    )
    expect(() => simulatedSweeps(drive, { air: { visibility: 1, rain: 0, snow: 0 } })).toThrow(
      expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE' }),
    )
  })
})
