import { openRenderDevice, type RenderDevice, renderLabelGeometry, renderLabels } from '@virga/rendering'
import { composePose, invertPose, poseAt, type Scenario, segClassId, transformPoint, unproject, cameraPoseAt } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DriveFrame, parseLook, renderDrive, simulateDrive, type SimulatedDrive } from '../src/index.ts'

const size = { width: 640, height: 352 }
const seeds = [7, 18]
const index = 10

interface Seen {
  readonly drive: SimulatedDrive
  readonly truth: DriveFrame
  readonly timeUs: number
}

/** A frame of each drive with its truth; not supersampled, so that it too is sampled at pixel centres. */
async function see(device: RenderDevice, seed: number): Promise<Seen> {
  const drive = simulateDrive({ seed, seconds: 2, fps: 10 })
  const request = { ...size, cameraName: 'front', look: parseLook('clear/day'), frames: { start: index, count: 1 }, supersample: 1 }
  for await (const truth of renderDrive(device, drive, request)) return { drive, truth, timeUs: Math.round(drive.frameTimes[index] * 1e6) }
  throw new Error('no frame')
}

/** A LiDAR sweep at the frame's time: the truth of every 3rd pixel of every 9th row. */
function withSweep({ drive: { scenario }, truth, timeUs }: Seen): { scenario: Scenario; hit: Set<number> } {
  const camera = scenario.rig.cameras[0]
  const scale = camera.width / size.width
  const camera_to_vehicle = composePose(invertPose(poseAt(scenario.ego, timeUs)), cameraPoseAt(scenario, camera, timeUs))
  const points: number[] = []
  const hit = new Set<number>()
  for (let y = 4; y < size.height; y += 9) {
    for (let x = 1; x < size.width; x += 3) {
      const z = truth.depth[y * size.width + x]
      const ray = unproject(camera.model, (x + 0.5) * scale, (y + 0.5) * scale)
      if (!(z > 0) || ray === undefined || z > 100) continue
      const t = z / ray[2]
      points.push(...transformPoint(camera_to_vehicle, [ray[0] * t, ray[1] * t, z]))
      hit.add(y * size.width + x)
    }
  }
  const sweep = {
    timeUs,
    points: Float32Array.from(points),
    points_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
  } as const
  return { scenario: { ...scenario, sweeps: [{ timeUs, load: () => Promise.resolve(sweep) }] }, hit }
}

const quantile = (values: readonly number[], q: number): number => values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]

describe('labels against the truth of simulated drives', () => {
  let device: RenderDevice
  let seen: Seen[]
  beforeAll(async () => {
    device = await openRenderDevice()
    seen = []
    for (const seed of seeds) seen.push(await see(device, seed))
  }, 60_000)
  afterAll(() => {
    device.dispose()
  })

  it('road, vehicles and sky are where they are', async () => {
    const counts = { road: [0, 0, 0], vehicle: [0, 0, 0], sky: [0, 0, 0] }
    const errors: number[] = []
    for (const { drive, truth, timeUs } of seen) {
      const camera = drive.scenario.rig.cameras[0]
      for await (const { classes, depth } of renderLabels(device, drive.scenario, { camera, ...size, timesUs: [timeUs] })) {
        truth.seg.forEach((id, at) => {
          // What lies between a crosswalk's stripes is crosswalk to the map, road to the picture.
          if (classes[at] === segClassId.crosswalk && id === segClassId.road) return
          for (const name of ['road', 'vehicle', 'sky'] as const) {
            const [ours, theirs] = [classes[at] === segClassId[name], id === segClassId[name]]
            counts[name][0] += ours && theirs ? 1 : 0
            counts[name][1] += ours ? 1 : 0
            counts[name][2] += theirs ? 1 : 0
          }
          if (id === segClassId.road && classes[at] === id) errors.push(Math.abs(depth[at] / truth.depth[at] - 1))
        })
      }
    }
    const recall = ([both, , theirs]: number[]): number => both / theirs
    const precision = ([both, ours]: number[]): number => both / ours
    // The rest of the road is behind paint whose dashes begin elsewhere, and in the corners of boxes.
    expect(recall(counts.road)).toBeGreaterThan(0.96)
    expect(precision(counts.road)).toBeGreaterThan(0.97)
    expect(recall(counts.vehicle)).toBeGreaterThan(0.97)
    // Boxes are larger than what is in them.
    expect(precision(counts.vehicle)).toBeGreaterThan(0.65)
    expect(recall(counts.sky)).toBeGreaterThan(0.995)
    // Both streets go up and down; the labels know heights at nodes 2 m apart.
    expect(quantile(errors, 0.5)).toBeLessThan(4e-3)
    expect(quantile(errors, 0.99)).toBeLessThan(0.03)
  })

  it('depth from labels and a sparse sweep is that of the truth, and far better than that of labels alone', async () => {
    const [dense, alone]: [number[], number[]] = [[], []]
    for (const one of seen) {
      const { scenario, hit } = withSweep(one)
      const request = { camera: scenario.rig.cameras[0], ...size, timesUs: [one.timeUs] }
      for await (const { depth } of renderLabelGeometry(device, scenario, request)) {
        for await (const labels of renderLabels(device, scenario, request)) {
          one.truth.depth.forEach((z, at) => {
            if (!(z > 0) || z > 100 || hit.has(at)) return
            dense.push(depth[at] > 0 ? Math.abs(depth[at] / z - 1) : 1)
            alone.push(labels.depth[at] > 0 ? Math.abs(labels.depth[at] / z - 1) : 1)
          })
        }
      }
    }
    const share = (errors: readonly number[]): number => errors.filter((error) => error < 0.05).length / errors.length
    expect(quantile(dense, 0.5)).toBeLessThan(0.005)
    expect(share(dense)).toBeGreaterThan(0.9)
    expect(share(dense)).toBeGreaterThan(share(alone) + 0.2)
  })
})
