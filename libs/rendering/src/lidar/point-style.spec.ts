import { type LidarSweepSource, type Pose, project, type RgbImage, type Vec3 } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cameraOf, draw, pinhole, randomSource, scenarioOf, trackOf } from '../../test/scenario.ts'
import { openRenderDevice, type RenderDevice } from '../device/render-device.ts'

const camera = cameraOf(pinhole)
const onVehicle: Pose = { rotation: [1, 0, 0, 0], translation: [0, 0, 0] }

function sweepAt(timeUs: number, points: readonly Vec3[]): LidarSweepSource {
  return { timeUs, load: () => Promise.resolve({ timeUs, points: Float32Array.from(points.flat()), points_to_vehicle: onVehicle }) }
}

/** Vehicle FLU to camera RDF of a camera that looks forward. */
const seen = ([x, y, z]: Vec3): Vec3 => [-y, -z, x]

/** The picture by the definition, in float64: 5x5 Gaussian splat, weights by depth, weighted mean. */
function reference(points: readonly Vec3[], width: number, height: number): Float64Array {
  const kept = points.map(seen).filter(([, , z]) => z > 0)
  const farthest = Math.max(...kept.map(([, , z]) => Math.min(z, 1000)))
  const weights = new Float64Array(width * height)
  const sums = new Float64Array(width * height)
  for (const point of kept) {
    const { u, v } = project(camera.model, point)
    const z = Math.min(point[2], 1000)
    const nearness = 1 / (Math.exp((50 * Math.log(1 + z)) / Math.log(1 + farthest)) + 1e-7)
    for (let y = Math.floor(v) - 2; y <= Math.floor(v) + 2; y += 1) {
      for (let x = Math.floor(u) - 2; x <= Math.floor(u) + 2; x += 1) {
        if (x < 0 || y < 0 || x >= width || y >= height) continue
        const weight = Math.exp(-0.5 * ((u - x - 0.5) ** 2 + (v - y - 0.5) ** 2)) * nearness
        weights[y * width + x] += weight
        sums[y * width + x] += weight * z
      }
    }
  }
  return sums.map((sum, i) => (weights[i] > 0 ? (Math.min(sum / weights[i], 75) / 75) * 255 : 0))
}

const grey = ({ data }: RgbImage): number[] => Array.from({ length: data.length / 3 }, (_, i) => data[i * 3])

describe('lidar-v1', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })
  const first = async (sweeps: readonly LidarSweepSource[], at = 0): Promise<RgbImage> =>
    (await draw(device, scenarioOf({ sweeps }), camera, 'lidar-v1', [at]))[0]

  it('is black without sweeps, and where the sweeps are far from the frame in time', async () => {
    expect(grey(await first([])).every((value) => value === 0)).toBe(true)
    expect(grey(await first([sweepAt(0, [[20, 0, 0]])], 1_000_000)).every((value) => value === 0)).toBe(true)
    expect(grey(await first([sweepAt(0, [])])).every((value) => value === 0)).toBe(true)
  })

  it('agrees with the definition in float64: mean difference below 0.1 level, and at most 1 % off by more than 2', async () => {
    const random = randomSource(5)
    const points = Array.from({ length: 6000 }, (): Vec3 => {
      const range = 4 + 58 * Math.abs(random()) ** 2
      return [range, range * random(), 0.6 * range * random()]
    })
    points.push([130, 10, 3])
    const image = await first([sweepAt(0, points)])
    const expected = reference(points, 200, 120)
    const differences = grey(image).map((value, i) => Math.abs(value - Math.floor(expected[i])))
    expect(differences.reduce((a, b) => a + b, 0) / differences.length).toBeLessThan(0.1)
    expect(differences.filter((difference) => difference > 2).length).toBeLessThan(0.01 * differences.length)
    expect(grey(image).filter((value) => value > 0).length).toBeGreaterThan(10_000)
    expect(image.data.every((value, i) => value === image.data[i - (i % 3)])).toBe(true)
  })

  it('lets the nearer of two surfaces win', async () => {
    const wall = (x: number): Vec3[] =>
      Array.from({ length: 400 }, (_, i): Vec3 => [x, ((i % 20) - 10) * 0.02 * x, (Math.floor(i / 20) - 10) * 0.02 * x])
    const image = await first([sweepAt(0, [...wall(60), ...wall(10), [100, 0, 50]])])
    expect(grey(image)[60 * 200 + 100]).toBe(Math.floor((10 / 75) * 255))
  })

  it('drops returns nearer than 3 m, and paints 75 m and beyond white', async () => {
    expect(grey(await first([sweepAt(0, [[2.9, 0, 0]])])).every((value) => value === 0)).toBe(true)
    expect(grey(await first([sweepAt(0, [[90, 0, 0]])]))[60 * 200 + 100]).toBe(255)
  })

  it('carries the points of a moving box along, and takes them away when the track is not seen', async () => {
    const track = trackOf('a', 'car', [20, 4, 0], [20, -4, 0], [4, 2, 2])
    const points: Vec3[] = [
      [20, 4, 0],
      [30, 0, 5],
    ]
    const scenario = scenarioOf({ tracks: [track], sweeps: [sweepAt(0, points)] })
    const [start, later] = (await draw(device, scenario, camera, 'lidar-v1', [0, 250_000])).map(grey)
    const at20 = Math.floor((20 / 75) * 255)
    // 4 m left at 20 m is 20 px left of the centre; after half the way it is at the centre.
    expect(start[60 * 200 + 80]).toBe(at20)
    expect(later[60 * 200 + 80]).toBe(0)
    expect(later[60 * 200 + 100]).toBe(at20)
    const still = [43 * 200 + 100]
    for (const i of still) expect([start[i] > 0, later[i] > 0]).toEqual([true, true])
    const short = scenarioOf({ tracks: [{ ...track, moving: Uint8Array.of(1, 1) }], sweeps: [sweepAt(500_000, [[20, -4, 0]])] })
    const [gone] = (await draw(device, short, camera, 'lidar-v1', [600_000])).map(grey)
    expect(gone.every((value) => value === 0)).toBe(true)
  })

  it('leaves the points of a box alone that stands still', async () => {
    const track = { ...trackOf('a', 'car', [20, 4, 0], [20, -4, 0], [4, 2, 2]), moving: Uint8Array.of(0, 0) }
    const scenario = scenarioOf({ tracks: [track], sweeps: [sweepAt(0, [[20, 4, 0]])] })
    const [, later] = (await draw(device, scenario, camera, 'lidar-v1', [0, 250_000])).map(grey)
    expect(later[60 * 200 + 80]).toBeGreaterThan(0)
  })
})
