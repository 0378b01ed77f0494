import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { composePose, invertPose, poseAt, project, scaleCamera, trackBoxAt, transformPoint, type Vec3 } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  parseLook,
  renderDrive,
  type RenderedFrame,
  segClasses,
  simulatedImages,
  simulateDrive,
  type SimulatedDrive,
} from '../src/index.ts'
import { DriveRenderer } from '../src/render/drive-renderer.ts'
import { planSet } from '../src/training-set/plan.ts'
import { isCurrent, scenePath, writeScene } from '../src/training-set/write-scene.ts'

const width = 320
const height = 176
const classOf = (name: (typeof segClasses)[number]): number => segClasses.indexOf(name)

let device: RenderDevice
beforeAll(async () => {
  device = await openRenderDevice()
})
afterAll(() => {
  device.dispose()
})

async function withRenderer<T>(drive: SimulatedDrive, use: (renderer: DriveRenderer) => Promise<T>): Promise<T> {
  const renderer = await DriveRenderer.open(device, drive, drive.scenario.rig.cameras[0], { width, height, supersample: 2 })
  try {
    return await use(renderer)
  } finally {
    renderer.dispose()
  }
}

/** Camera coordinates (metres, RDF) of world points at a frame. */
function toCamera(drive: SimulatedDrive, frame: number): (point: Vec3) => Vec3 {
  const [camera] = drive.scenario.rig.cameras
  const pose = invertPose(composePose(poseAt(drive.scenario.ego, Math.round(drive.frameTimes[frame] * 1e6)), camera.camera_to_vehicle))
  return (point) => transformPoint(pose, point)
}

const meanOf = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0) / data.length

describe('rendering a drive', { timeout: 300_000 }, () => {
  it('gives the same bytes for the same seed, and the same truth under every look', async () => {
    const looks = [parseLook('clear/day'), parseLook('rain/night'), parseLook('snow/golden-hour')]
    const draw = (drive: SimulatedDrive, wanted = looks): Promise<RenderedFrame> =>
      withRenderer(drive, (renderer) => renderer.frame(5, wanted))
    const first = await draw(simulateDrive({ seed: 11, seconds: 1 }))
    const second = await draw(simulateDrive({ seed: 11, seconds: 1 }))
    expect(second.depth).toEqual(first.depth)
    expect(second.seg).toEqual(first.seg)
    for (const [i, image] of first.images.entries()) expect(Buffer.compare(image.data, second.images[i].data)).toBe(0)
    const alone = await draw(simulateDrive({ seed: 11, seconds: 1 }), [looks[1]])
    expect(alone.seg).toEqual(first.seg)
    expect(alone.depth).toEqual(first.depth)
    expect(Buffer.compare(alone.images[0].data, first.images[1].data)).toBe(0)
  })

  it('shows looks that differ as they should', async () => {
    const [day, night, snow] = (
      await withRenderer(simulateDrive({ seed: 11, seconds: 1 }), (renderer) =>
        renderer.frame(0, ['clear/day', 'clear/night', 'snow/day'].map(parseLook)),
      )
    ).images.map(({ data }) => data)
    expect(meanOf(night)).toBeLessThan(0.6 * meanOf(day))
    const road = (data: Uint8Array): number => meanOf(data.subarray(width * Math.floor(height * 0.8) * 3))
    expect(road(snow)).toBeGreaterThan(road(day))
    // Snow takes the colour out of the picture.
    const colour = (data: Uint8Array): number => {
      let sum = 0
      for (let i = 0; i < data.length; i += 3)
        sum += Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2])
      return sum
    }
    expect(colour(snow)).toBeLessThan(0.5 * colour(day))
  })

  it('has classes and depths that agree: sky has none, the road has that of the ground', async () => {
    const drive = simulateDrive({ seed: 3, seconds: 1 })
    const { depth, seg } = await withRenderer(drive, (renderer) => renderer.frame(0, []))
    const camera = scaleCamera(drive.scenario.rig.cameras[0], width, height)
    if (camera.model.kind !== 'pinhole') throw new Error('not a pinhole')
    const { fx, fy, cx, cy } = camera.model
    const [camera0] = drive.scenario.rig.cameras
    const pose = composePose(poseAt(drive.scenario.ego, 0), camera0.camera_to_vehicle)
    let roads = 0
    let disagree = 0
    let uneven = 0
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x
        if ((seg[i] === classOf('sky')) !== (depth[i] === 0)) disagree++
        if (seg[i] !== classOf('road') || depth[i] > 25) continue
        const z = depth[i]
        // The nearest sample of the pixel lies in its lower half, a quarter of a pixel below its centre.
        const [wx, wy, up] = transformPoint(pose, [((x + 0.5 - cx) / fx) * z, ((y + 0.75 - cy) / fy) * z, z])
        if (Math.abs(up - groundAt(drive, wx, wy)) > 0.03) uneven++
        roads++
      }
    }
    expect(disagree).toBe(0)
    expect(roads).toBeGreaterThan(3000)
    // At the edge of another class the upper sample of a pixel may stand for it.
    expect(uneven / roads).toBeLessThan(0.01)
  })

  it.each([3, 7, 21])('draws vehicles where their boxes project (seed %i)', async (seed) => {
    const drive = simulateDrive({ seed, seconds: 1 })
    const { depth, seg } = await withRenderer(drive, (renderer) => renderer.frame(10, []))
    const camera = scaleCamera(drive.scenario.rig.cameras[0], width, height)
    const see = toCamera(drive, 10)
    const timeUs = Math.round(drive.frameTimes[10] * 1e6)
    const covered = new Uint8Array(width * height)
    const ious: number[] = []
    for (const track of drive.scenario.tracks.filter((candidate) => candidate.class !== 'pedestrian')) {
      const box = trackBoxAt(track, timeUs)
      if (box === undefined) continue
      const corners = [-1, 1].flatMap((a) =>
        [-1, 1].flatMap((b) => [-1, 1].map((c): Vec3 => [(a * box.size[0]) / 2, (b * box.size[1]) / 2, (c * box.size[2]) / 2])),
      )
      const points = corners.map((corner) => see(transformPoint(box.object_to_world, corner)))
      if (points.every(([, , z]) => z < 0.3)) continue
      const near = points.map(([x, y, z]): Vec3 => [x, y, Math.max(z, 0.3)])
      const pixels = near.map((point) => project(camera.model, point))
      const [x0, x1] = [Math.min(...pixels.map((p) => p.u)), Math.max(...pixels.map((p) => p.u))]
      const [y0, y1] = [Math.min(...pixels.map((p) => p.v)), Math.max(...pixels.map((p) => p.v))]
      const [low, high] = [Math.min(...near.map(([, , z]) => z)), Math.max(...near.map(([, , z]) => z))]
      let seen = 0
      let hidden = 0
      let area = 0
      let [sx0, sx1, sy0, sy1] = [width, 0, height, 0]
      for (let y = Math.max(0, Math.floor(y0 - 0.5)); y < Math.min(height, Math.ceil(y1 + 0.5)); y++) {
        for (let x = Math.max(0, Math.floor(x0 - 0.5)); x < Math.min(width, Math.ceil(x1 + 0.5)); x++) {
          const i = y * width + x
          area++
          // The ground before a vehicle is nearer too, but hides nothing of it.
          if (seg[i] > classOf('terrain') && depth[i] < low - 0.3) hidden++
          if (seg[i] !== classOf('vehicle') || depth[i] < low - 0.3 || depth[i] > high + 0.3) continue
          covered[i] = 1
          seen++
          ;[sx0, sx1, sy0, sy1] = [Math.min(sx0, x), Math.max(sx1, x + 1), Math.min(sy0, y), Math.max(sy1, y + 1)]
        }
      }
      // Wholly in the picture, large enough and not behind anything: its pixels' extent is the projected box.
      const whole = x0 >= 0 && x1 <= width && y0 >= 0 && y1 <= height
      if (!whole || area < 60 || hidden > 0 || seen < 25) continue
      const intersection = Math.max(0, Math.min(x1, sx1) - Math.max(x0, sx0)) * Math.max(0, Math.min(y1, sy1) - Math.max(y0, sy0))
      ious.push(intersection / ((x1 - x0) * (y1 - y0) + (sx1 - sx0) * (sy1 - sy0) - intersection))
    }
    // No vehicle pixel lies outside every box.
    const vehicles = seg.reduce((count, id) => count + (id === classOf('vehicle') ? 1 : 0), 0)
    const inside = covered.reduce((sum, value) => sum + value, 0)
    expect(vehicles).toBeGreaterThan(100)
    expect(inside / vehicles).toBeGreaterThan(0.99)
    expect(ious.length).toBeGreaterThan(0)
    for (const iou of ious) expect(iou).toBeGreaterThan(0.75)
  })

  it.each([11, 18, 26, 27])('draws painted lines, dashes and gaps where the map says (seed %i)', async (seed) => {
    const drive = simulateDrive({ seed, seconds: 1 })
    const { depth, seg } = await withRenderer(drive, (renderer) => renderer.frame(0, []))
    const camera = scaleCamera(drive.scenario.rig.cameras[0], width, height)
    const see = toCamera(drive, 0)
    const counts = { paint: [0, 0], gap: [0, 0] }
    for (const element of drive.scenario.map) {
      // Along the main road; lines of cross streets are seen too flat at this size.
      if (element.kind !== 'lane-line' || !element.id.startsWith('line-')) continue
      for (const { at, point } of every(element.line, 0.25)) {
        const seen = see(point)
        if (seen[2] < 4 || seen[2] > 16) continue
        const { u, v } = project(camera.model, seen)
        const [x, y] = [Math.floor(u), Math.floor(v)]
        if (x < 1 || y < 0 || x >= width - 1 || y >= height || Math.abs(depth[y * width + x] - seen[2]) > 0.5) continue
        const kind = expected(element.pattern, at)
        if (kind === undefined) continue
        const hit = [-1, 0, 1].some((dx) => seg[y * width + x + dx] === classOf('lane-line'))
        counts[kind][0]++
        if (hit === (kind === 'paint')) counts[kind][1]++
      }
    }
    for (const [all, right] of Object.values(counts)) expect(right).toBeGreaterThanOrEqual(0.85 * all)
    expect(counts.paint[0]).toBeGreaterThan(5)
  })

  it('lets nothing pop: from frame to frame no class jumps', async () => {
    const drive = simulateDrive({ seed: 21, seconds: 1.6 })
    await withRenderer(drive, async (renderer) => {
      let before: number[] | undefined
      for (let frame = 0; frame < 36; frame++) {
        const { seg } = await renderer.frame(frame, [])
        const counts = segClasses.map((_, id) => seg.reduce((count, value) => count + (value === id ? 1 : 0), 0))
        for (const [id, count] of counts.entries()) {
          // 24 frames a second: even a car that leaves the picture does it over several frames.
          if (before !== undefined)
            expect(Math.abs(count - before[id]) / seg.length, `${segClasses[id]} at frame ${frame}`).toBeLessThan(0.04)
        }
        before = counts
      }
    })
  })

  it('streams frames through renderDrive and simulatedImages alike, and names what is wrong', async () => {
    const drive = simulateDrive({ seed: 4, seconds: 0.5, width: 160, height: 88 })
    const look = parseLook('fog/morning')
    const request = { cameraName: 'front', width: 160, height: 88, look }
    const streamed = []
    for await (const { rgb } of renderDrive(device, drive, { ...request, frames: { start: 2, count: 3 } })) streamed.push(rgb)
    expect(streamed.length).toBe(3)
    const frames = simulatedImages(device, drive, look).get('front')
    expect(frames?.timesUs.length).toBe(12)
    expect(Buffer.compare((await frames?.load(3))?.data ?? new Uint8Array(), streamed[1].data)).toBe(0)
    await expect(frames?.load(12)).rejects.toMatchObject({ code: 'VIRGA_OUT_OF_RANGE' })
    await expect(renderDrive(device, drive, { ...request, cameraName: 'rear' }).next()).rejects.toMatchObject({
      code: 'VIRGA_UNKNOWN_NAME',
      place: { expected: 'front' },
    })
    await expect(renderDrive(device, drive, { ...request, frames: { start: 10, count: 3 } }).next()).rejects.toMatchObject({
      code: 'VIRGA_OUT_OF_RANGE',
    })
  })

  it('writes a scene of the training set as a whole', async () => {
    const root = await mkdtemp(join(tmpdir(), 'virga-set-'))
    try {
      const [plan] = planSet({ train: 1, val: 0, test: 0, frames: 9, looks: 2 })
      expect(isCurrent(root, plan)).toBe(false)
      await writeScene(device, root, plan)
      expect(isCurrent(root, plan)).toBe(true)
      expect(await readdir(join(root, 'train'))).toEqual(['000000'])
      const files = (await readdir(scenePath(root, plan))).sort()
      const looks = plan.looks.map(({ weather, lighting }) => `rgb_${weather}_${lighting}.npy`)
      const conditions = [
        'hdmap',
        'lidar',
        'control_depth',
        'control_seg',
        'label_depth',
        'label_seg',
        'label_up',
        'label_face',
        'label_across',
      ]
      expect(files).toEqual(['depth.npy', 'scene.json', 'seg.npy', ...conditions.map((name) => `${name}.npy`), ...looks].sort())
      const sizes = { 'seg.npy': 1, 'depth.npy': 2, 'hdmap.npy': 3, [looks[0]]: 3 }
      for (const [file, bytes] of Object.entries(sizes)) {
        const content = await readFile(join(scenePath(root, plan), file))
        expect(content.length - content.readUInt16LE(8) - 10, file).toBe(9 * width * height * bytes)
      }
      const scene = JSON.parse(await readFile(join(scenePath(root, plan), 'scene.json'), 'utf8')) as Record<string, unknown>
      expect(scene).toMatchObject({ seed: 0, frames: 9, fps: 24, width, height, source: 'clear-day', segClasses: [...segClasses] })
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

/** Points of a polyline at a spacing, with their distance from its start. */
function* every(line: Float64Array, spacing: number): Generator<{ at: number; point: Vec3 }> {
  let before = 0
  for (let i = 0; i + 5 < line.length; i += 3) {
    const d = [0, 1, 2].map((axis) => line[i + 3 + axis] - line[i + axis])
    const length = Math.hypot(d[0], d[1])
    for (let at = Math.ceil(before / spacing) * spacing; at < before + length; at += spacing) {
      const f = (at - before) / length
      yield { at, point: [line[i] + d[0] * f, line[i + 1] + d[1] * f, line[i + 2] + d[2] * f] }
    }
    before += length
  }
}

/** What lies on a single line so far from its start, where that is well inside a dash (3 m) or a gap (9 m). */
function expected(pattern: string, at: number): 'paint' | 'gap' | undefined {
  if (pattern === 'solid') return 'paint'
  if (pattern !== 'long-dashed') return undefined
  const place = at % 12
  return place > 0.4 && place < 2.6 ? 'paint' : place > 4 && place < 11 ? 'gap' : undefined
}

/** Height of the ground under a place, at the arc length whose normal goes through it. */
function groundAt({ road }: SimulatedDrive, x: number, y: number): number {
  let s = x
  for (let i = 0; i < 12; i++) {
    const at = road.at(s)
    s += 0.8 * ((x - at.x) * Math.cos(at.heading) + (y - at.y) * Math.sin(at.heading))
  }
  return road.height(s)
}
