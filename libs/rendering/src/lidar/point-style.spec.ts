import { VirgaError } from '@virga/errors'
import { buildFtheta, type CameraModel, type LidarSweepSource, type Pose, project, type RgbImage, type Vec3 } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cameraOf, draw, pinhole, randomSource, scenarioOf, trackOf } from '../../test/scenario.ts'
import { renderRig } from '../render-condition.ts'
import { openRenderDevice, type RenderDevice } from '../device/render-device.ts'
import { lidarV1Description } from '../styles/lidar-v1.ts'
import { pointStyle } from './point-style.ts'
import { maxPointsPerSweep } from './prepare-sweep.ts'

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

describe.each(['arrays', 'compute'] as const)('lidar-v1, %s', (engine) => {
  const style = pointStyle(lidarV1Description, engine)
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })
  const first = async (sweeps: readonly LidarSweepSource[], at = 0): Promise<RgbImage> =>
    (await draw(device, scenarioOf({ sweeps }), camera, style, [at]))[0]

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
    const [start, later] = (await draw(device, scenario, camera, style, [0, 250_000])).map(grey)
    const at20 = Math.floor((20 / 75) * 255)
    // 4 m left at 20 m is 20 px left of the centre; after half the way it is at the centre.
    expect(start[60 * 200 + 80]).toBe(at20)
    expect(later[60 * 200 + 80]).toBe(0)
    expect(later[60 * 200 + 100]).toBe(at20)
    const still = [43 * 200 + 100]
    for (const i of still) expect([start[i] > 0, later[i] > 0]).toEqual([true, true])
    const short = scenarioOf({ tracks: [{ ...track, moving: Uint8Array.of(1, 1) }], sweeps: [sweepAt(500_000, [[20, -4, 0]])] })
    const [gone] = (await draw(device, short, camera, style, [600_000])).map(grey)
    expect(gone.every((value) => value === 0)).toBe(true)
  })

  it('leaves broken returns out, and takes a far one for what it is', async () => {
    const good: Vec3[] = [
      [20, 1, 0],
      [30, -2, 1],
    ]
    const bad: Vec3[] = [
      [NaN, 0, 0],
      [20, NaN, 0],
      [20, 0, Infinity],
      [-Infinity, 1, 1],
      [3e38, 3e38, 3e38],
      [1e20, 0, 0],
    ]
    const [clean, broken] = [await first([sweepAt(0, good)]), await first([sweepAt(0, [...bad, ...good])])]
    expect(broken.data).toEqual(clean.data)
    expect(grey(clean).some((value) => value > 0)).toBe(true)
    // 100 km ahead counts as 1000 m.
    const far = await first([sweepAt(0, [...good, [1e5, 1e4, 0]])])
    expect(grey(far)[60 * 200 + 90]).toBe(255)
  })

  it('refuses a sweep of absurd size, saying so, and says which sweep cannot be read', async () => {
    const huge: LidarSweepSource = {
      timeUs: 0,
      load: () => Promise.resolve({ timeUs: 0, points: new Float32Array(3 * (maxPointsPerSweep + 1)), points_to_vehicle: onVehicle }),
    }
    await expect(first([huge])).rejects.toMatchObject({ code: 'VIRGA_OUT_OF_RANGE' })
    const torn: LidarSweepSource = { timeUs: 0, load: () => Promise.reject(new VirgaError('VIRGA_BAD_INPUT', 'sweep 7 is cut short')) }
    await expect(first([torn])).rejects.toThrow('sweep 7 is cut short')
  })

  it('reads each sweep once for all cameras of a rig and all frames, and keeps few', async () => {
    const loads: number[] = []
    const sweeps = Array.from({ length: 11 }, (_, i): LidarSweepSource => {
      const timeUs = i * 100_000
      return { timeUs, load: () => (loads.push(i), sweepAt(timeUs, [[20, i, 0]]).load()) }
    })
    const views = [camera, { ...camera, name: 'other' }, { ...camera, name: 'third' }].map((view) => ({
      camera: view,
      width: 200,
      height: 120,
    }))
    const timesUs = Array.from({ length: 31 }, (_, i) => Math.round((i * 1e6) / 30))
    const pictures: number[] = []
    for await (const { view, frame, image } of renderRig(device, scenarioOf({ sweeps }), { views, style, timesUs })) {
      pictures.push(grey(image).filter((value) => value > 0).length)
      expect(pictures.length - 1).toBe(frame * 3 + view)
    }
    expect(loads).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(Math.min(...pictures)).toBeGreaterThan(25)
  })

  it('leaves the points of a box alone that stands still', async () => {
    const track = { ...trackOf('a', 'car', [20, 4, 0], [20, -4, 0], [4, 2, 2]), moving: Uint8Array.of(0, 0) }
    const scenario = scenarioOf({ tracks: [track], sweeps: [sweepAt(0, [[20, 4, 0]])] })
    const [, later] = (await draw(device, scenario, camera, style, [0, 250_000])).map(grey)
    expect(later[60 * 200 + 80]).toBeGreaterThan(0)
  })
})

const lenses: Record<string, CameraModel> = {
  pinhole: { kind: 'pinhole', fx: 210, fy: 205, cx: 150, cy: 92 },
  'OpenCV rational': { kind: 'opencv-rational', fx: 200, fy: 200, cx: 160, cy: 90, k: [-0.2, 0.05, -0.005, 0, 0, 0], p1: 1e-3, p2: -1e-3 },
  'Kannala-Brandt': { kind: 'kannala-brandt', fx: 100, fy: 99, cx: 160, cy: 91, k: [-0.013, 0.006, -0.004, 0.0006] },
  'f-theta': buildFtheta({ cx: 158, cy: 120, width: 320, height: 180, polynomial: [0, 160, -2, 3, -4, 1], reference: 'angle-to-pixel' }),
}

describe('both engines', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(Object.entries(lenses))(
    'draw the same with %s: at most one pixel in 1,000 differs, and one in 5,000 by more than one level',
    async (_name, model) => {
      const random = randomSource(9)
      const sweeps = Array.from({ length: 4 }, (_, i) => {
        const points = Array.from({ length: 5000 }, (): Vec3 => [70 * random(), 70 * random(), 8 * random()])
        return sweepAt(i * 100_000, points)
      })
      const tracks = [0, 1, 2].map((i) => trackOf(`${i}`, 'car', [20 * i, 8 * i - 8, 0], [20 * i + 9, 8 - 8 * i, 0], [12, 8, 6]))
      const scenario = scenarioOf({ sweeps, tracks })
      const lens = cameraOf(model, 320, 180)
      const times = [0, 166_667, 400_000]
      const arrays = await draw(device, scenario, lens, pointStyle(lidarV1Description, 'arrays'), times)
      const compute = await draw(device, scenario, lens, pointStyle(lidarV1Description, 'compute'), times)
      for (const [i, image] of arrays.entries()) {
        const other = grey(compute[i])
        const off = grey(image).map((value, at) => Math.abs(value - other[at]))
        expect(grey(image).filter((value) => value > 0).length).toBeGreaterThan(5000)
        expect(off.filter((value) => value > 0).length).toBeLessThan(58)
        // In float32 a point now and then falls into the next pixel.
        expect(off.filter((value) => value > 1).length).toBeLessThan(12)
      }
    },
  )
})
