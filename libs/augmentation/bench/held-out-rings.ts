/**
 * Error of depth from labels and LiDAR at LiDAR returns that it has not seen: every 4th ring of a log's sweeps is held out.
 *
 *     node tools/run.mjs libs/augmentation/bench/held-out-rings.ts LOG [CAMERA ...]
 */
import { openLog } from '@virga/formats'
import { openRenderDevice, renderLabelGeometry, renderLabels } from '@virga/rendering'
import {
  cameraPoseAt,
  composePose,
  invertPose,
  type LidarSweep,
  poseAt,
  project,
  scaleCamera,
  type Scenario,
  transformPoint,
} from '@virga/scenario'

const isHeldOut = (ring: number): boolean => ring % 4 === 2

function ringsOf(sweep: LidarSweep, keep: (ring: number) => boolean): LidarSweep {
  const { ring = new Uint8Array(sweep.points.length / 3), points } = sweep
  const kept = Array.from(ring.keys()).filter((i) => keep(ring[i]))
  return { ...sweep, points: Float32Array.from(kept.flatMap((i) => [...points.subarray(3 * i, 3 * i + 3)])) }
}

/** Camera z of a sweep's nearest return in each pixel. */
function seen(
  scenario: Scenario,
  camera: Scenario['rig']['cameras'][number],
  { points, points_to_vehicle, timeUs }: LidarSweep,
): Map<number, number> {
  const points_to_camera = composePose(
    invertPose(cameraPoseAt(scenario, camera, timeUs)),
    composePose(poseAt(scenario.ego, timeUs), points_to_vehicle),
  )
  const nearest = new Map<number, number>()
  for (let i = 0; i < points.length; i += 3) {
    const point = transformPoint(points_to_camera, [points[i], points[i + 1], points[i + 2]])
    const { u, v, valid, depth } = project(camera.model, point)
    if (!valid || u < 0 || v < 0 || u >= camera.width || v >= camera.height) continue
    const pixel = Math.floor(v) * camera.width + Math.floor(u)
    nearest.set(pixel, Math.min(depth, nearest.get(pixel) ?? Infinity))
  }
  return nearest
}

/** Whether clearly nearer returns lie to both sides of a return, or above and below it: then the camera does not see it. */
function isHidden(nearest: ReadonlyMap<number, number>, pixel: number, width: number): boolean {
  const limit = 0.85 * (nearest.get(pixel) ?? 0) - 0.3
  const isNearer = (dx: number, dy: number): boolean => (nearest.get(pixel + dy * width + dx) ?? Infinity) < limit
  const any = (xs: readonly number[], ys: readonly number[]): boolean => ys.some((dy) => xs.some((dx) => isNearer(dx, dy)))
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const narrow = range(-2, 2)
  return (any(range(-8, -1), narrow) && any(range(1, 8), narrow)) || (any(narrow, range(-12, -1)) && any(narrow, range(1, 12)))
}

const report = (name: string, errors: readonly number[]): string => {
  const median = errors.toSorted((a, b) => a - b)[errors.length >> 1]
  const share = errors.filter((error) => error < 0.05).length / errors.length
  return `${name} median ${(100 * median).toFixed(1)} %, within 5 %: ${(100 * share).toFixed(0)} %`
}

const [path = '.', ...names] = process.argv.slice(2)
const scenario = await openLog(path)
const known: Scenario = {
  ...scenario,
  sweeps: scenario.sweeps.map((source) => ({ ...source, load: async () => ringsOf(await source.load(), (ring) => !isHeldOut(ring)) })),
}
const device = await openRenderDevice()
const sweep = await scenario.sweeps[0].load()
for (const camera of scenario.rig.cameras.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const scale = 1280 / Math.max(camera.width, camera.height)
  const size = { width: Math.round(camera.width * scale), height: Math.round(camera.height * scale) }
  const scaled = scaleCamera(camera, size.width, size.height)
  const all = seen(scenario, scaled, sweep)
  const inputs = seen(
    scenario,
    scaled,
    ringsOf(sweep, (ring) => !isHeldOut(ring)),
  )
  const tests = [...all].filter(([pixel]) => !inputs.has(pixel) && !isHidden(all, pixel, size.width))
  const request = { camera, ...size, timesUs: [sweep.timeUs] }
  for (const [name, frames] of [
    ['labels', renderLabels(device, scenario, request)],
    ['labels and LiDAR', renderLabelGeometry(device, known, request)],
  ] as const) {
    for await (const { depth } of frames) {
      const errors = tests.map(([pixel, z]) => (depth[pixel] > 0 ? Math.abs(depth[pixel] / z - 1) : 1))
      process.stdout.write(`${camera.name} (${tests.length} returns) ${report(name, errors)}\n`)
    }
  }
}
device.dispose()
