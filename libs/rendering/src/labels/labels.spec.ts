import { type Camera, type CameraModel, fthetaFromIntrinsics, type Scenario, segClasses, unproject } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { look, type Seen } from '../../test/labels/reference.ts'
import { camera_to_vehicle, height, map, place, raster, scene } from '../../test/labels/scene.ts'
import { openRenderDevice, type RenderDevice } from '../device/render-device.ts'
import { GroundSource } from './ground.ts'
import { heightAt } from './height-grid.ts'
import type { LabelFrame } from './label-frame.ts'
import { renderLabels } from './render-labels.ts'

const [width, height_] = [320, 180]

const bw = [159, 126, width, height_, 0, 6.345517e-3, 2.9561835e-7, -7.3321214e-9, 1.0463183e-10, -2.2908e-13, 1]
const models: Record<string, CameraModel> = {
  pinhole: { kind: 'pinhole', fx: 190, fy: 185, cx: 161, cy: 88 },
  rational: {
    kind: 'opencv-rational',
    fx: 150,
    fy: 151,
    cx: 160,
    cy: 90,
    k: [0.38, -0.21, 0.012, 0.74, -0.14, -0.004],
    p1: 3e-4,
    p2: -2e-4,
  },
  'Kannala-Brandt, 180 degrees': { kind: 'kannala-brandt', fx: 95, fy: 94, cx: 161, cy: 89, k: [-0.013, 0.006, -0.004, 0.0006] },
  'f-theta, 120 degrees': fthetaFromIntrinsics(bw).model,
}

async function frameOf(device: RenderDevice, scenario: Scenario, camera: Camera, timeUs: number): Promise<LabelFrame> {
  for await (const frame of renderLabels(device, scenario, { camera, width: camera.width, height: camera.height, timesUs: [timeUs] }))
    return frame
  throw new Error('no frame')
}

describe('labels', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(Object.entries(models))('%s: as a float64 ray caster sees it, but for what 0.02 px decide', async (_name, model) => {
    const scenario = scene()
    const camera: Camera = { name: 'front', model, width, height: height_, camera_to_vehicle }
    const timeUs = 200_000
    const frame = await frameOf(device, scenario, camera, timeUs)
    const grid = new GroundSource(scenario, raster()).around(Math.round(place[0] + 0.3), Math.round(place[1] + 0.1), place[2])
    const seenAt = (u: number, v: number): Seen => look(scenario, camera, timeUs, (x, y) => heightAt(grid, x, y), u, v)
    let [compared, different, worst] = [0, 0, 0]
    const classes = new Set<string>()
    for (let y = 0; y < height_; y += 3) {
      for (let x = y % 4; x < width; x += 4) {
        const at = y * width + x
        const ours: Seen = { name: segClasses[frame.classes[at]], track: frame.tracks[at], depth: frame.depth[at] }
        const agrees = (seen: Seen): boolean =>
          seen.name === ours.name && seen.track === ours.track && Math.abs(seen.depth - ours.depth) <= 1e-3 + 3e-4 * seen.depth
        // Beyond the ground that is known the reference knows nothing.
        const ray = unproject(model, x + 0.5, y + 0.5)
        if (ray !== undefined && ours.depth / ray[2] > 240) continue
        const truth = seenAt(x + 0.5, y + 0.5)
        // Rays beside the camera have no z-depth by which to tell that they end there.
        if (ray !== undefined && ray[2] < 0.02 && ours.name === 'terrain' && truth.name === 'sky') continue
        compared++
        classes.add(truth.name)
        if (agrees(truth)) {
          worst = Math.max(worst, truth.depth > 0 ? Math.abs(ours.depth / truth.depth - 1) : 0)
          continue
        }
        different++
        const around = [-0.02, 0.02].flatMap((du) => [-0.02, 0.02].map((dv) => seenAt(x + 0.5 + du, y + 0.5 + dv)))
        const explained =
          around.some((seen) => seen.name === ours.name && seen.track === ours.track) &&
          Math.min(...around.map(({ depth }) => depth)) * 0.999 <= ours.depth &&
          ours.depth <= Math.max(...around.map(({ depth }) => depth)) * 1.001
        expect(explained ? ours : { x, y, ...truth, around }).toEqual(ours)
      }
    }
    expect(compared).toBeGreaterThan(4000)
    expect(different / compared).toBeLessThan(0.004)
    expect(worst).toBeLessThan(3e-4)
    for (const name of ['sky', 'road', 'terrain', 'lane-line', 'crosswalk', 'vehicle', 'pedestrian']) expect(classes).toContain(name)
  })

  it('a height raster gives the ground that it was made of, holes bridged', () => {
    const grid = new GroundSource(scene(), raster()).around(place[0], place[1], place[2])
    for (const [x, y] of [
      [5, 0],
      [20.3, 3.7],
      [60.5, -7.2],
      [40, 20],
    ]) {
      expect(Math.abs(heightAt(grid, place[0] + x, place[1] + y) - place[2] - height(x, y))).toBeLessThan(0.03)
    }
  })

  it('needles of a height raster are not ground', () => {
    const faulty = raster()
    const heights = faulty.heights.map((z, i) =>
      i % faulty.columns > 300 && i % faulty.columns < 312 && i > 300 * faulty.columns && i < 318 * faulty.columns ? z + 9 : z,
    )
    const [clean, healed] = [faulty, { ...faulty, heights }].map((one) =>
      new GroundSource(scene(), one).around(place[0], place[1], place[2]),
    )
    const changed = heights.filter((z, i) => z > faulty.heights[i] + 1).length
    expect(changed).toBeGreaterThan(100)
    const most = healed.heights.reduce((worst, z, i) => Math.max(worst, Math.abs(z - clean.heights[i])), 0)
    expect(most).toBeLessThan(0.1)
  })

  it('without a raster the ground follows the map, and leaves out what lies on another level', () => {
    const bridge = Float64Array.from([-50, 5, 12, 50, 5, 12, 150, 0, 12], (value, i) => value + place[i % 3])
    const line = { kind: 'lane-line', id: 'bridge', colour: 'white', pattern: 'solid', line: bridge } as const
    const { map } = scene()
    const grid = new GroundSource(scene({ map: [...map, line] }), undefined).around(place[0], place[1], place[2])
    for (const x of [2, 10, 25, 50])
      expect(Math.abs(heightAt(grid, place[0] + x, place[1] + 0.6) - place[2] - height(x, 0.6))).toBeLessThan(0.12)
  })

  it('with nothing to go by the ground is flat at the ego, up to the horizon', async () => {
    const scenario = scene({ map: [], tracks: [], drivableAreas: [], loadGroundHeight: undefined })
    const level = { ...camera_to_vehicle, rotation: [0.5, -0.5, 0.5, -0.5] as const }
    const camera: Camera = { name: 'front', model: models['pinhole'], width, height: height_, camera_to_vehicle: level }
    const { classes, depth } = await frameOf(device, scenario, camera, 0)
    const column = (y: number): number => y * width + 20
    // The horizon is the row through the principal point, 88.
    expect([segClasses[classes[column(87)]], depth[column(87)]]).toEqual(['sky', 0])
    expect(segClasses[classes[column(88)]]).toBe('terrain')
    for (const y of [90, 120, 179]) expect(depth[column(y)]).toBeCloseTo((1.6 * 185) / (y + 0.5 - 88), 3)
  })

  it('broken and degenerate elements change nothing, and cost nothing', async () => {
    const broken = (...values: number[]): Float64Array => Float64Array.from(values)
    const [x, y, z] = place
    const line = { colour: 'white', pattern: 'long-dashed' } as const
    const scenario = scene({
      map: [
        ...map,
        { kind: 'lane-line', id: 'nan', ...line, line: broken(x + 5, NaN, z, x + 9, y, z) },
        { kind: 'lane-line', id: 'no length', ...line, line: broken(x + 300, y, z, x + 300, y, z) },
        { kind: 'lane-line', id: 'empty', ...line, line: broken() },
        { kind: 'lane-line', id: 'far', ...line, line: broken(1e15, 1e15, z, 2e15, 1e15, z) },
        { kind: 'crosswalk', id: 'nan', ring: broken(x, y, z, NaN, y, z, x, NaN, z) },
        { kind: 'crosswalk', id: 'two', ring: broken(x, y, z, x + 1, y, z) },
        { kind: 'pole', id: 'nan', line: broken(x, y, z, x, y, Infinity) },
        { kind: 'traffic-sign', id: 'none', corners: broken() },
        { kind: 'traffic-sign', id: 'nan', corners: new Float64Array(24).fill(NaN) },
      ],
    })
    const camera: Camera = { name: 'front', model: models['pinhole'], width, height: height_, camera_to_vehicle }
    const frames = [await frameOf(device, scenario, camera, 0), await frameOf(device, scene(), camera, 0)]
    expect(frames[0]).toEqual(frames[1])
  })

  it('refuses a time outside the poses', async () => {
    const camera: Camera = { name: 'front', model: models['pinhole'], width, height: height_, camera_to_vehicle }
    await expect(frameOf(device, scene(), camera, 2_000_000)).rejects.toMatchObject({ code: 'VIRGA_OUT_OF_RANGE' })
  })
})
