import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { composePose, invertPose, type LidarSweep, poseAt, trackBoxAt, transformPoint, type Vec3 } from '@virga/scenario'
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
import { agreement } from './agreement.ts'

const size = { width: 1280, height: 704 }
const index = 10
const driveOf = (seed: number): SimulatedDrive => simulateDrive({ seed, seconds: 2, fps: 10, ...size })

const pointsOf = ({ points }: LidarSweep): Vec3[] =>
  Array.from({ length: points.length / 3 }, (_, i) => [points[3 * i], points[3 * i + 1], points[3 * i + 2]])

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

  it.each([3, 7])('exact points lie on the depth of the picture (seed %i)', async (seed) => {
    const drive = driveOf(seed)
    const truth = await truthOf(drive)
    const still = await simulatedSweeps(drive, { noise: false, rolling: false })[index].load()
    const [camera] = drive.scenario.rig.cameras
    const exact = agreement(drive, still, camera, truth)
    expect(exact.points).toBeGreaterThan(20_000)
    expect(exact.vehicles).toBeGreaterThan(300)
    // The rest is at edges a pixel wide, of far and thin things.
    expect(exact.on / exact.points).toBeGreaterThan(0.995)
    // As delivered: noise, and what moves has moved on when the beam reaches it.
    const real = agreement(drive, await simulatedSweeps(drive)[index].load(), camera, truth)
    expect(real.on / real.points).toBeGreaterThan(0.96)
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
