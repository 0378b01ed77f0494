import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { composePose, invertPose, poseAt, project, scaleCamera, segClassId, trackBoxAt, transformPoint } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DriveFrame, parseLook, renderDrive, simulateDrive, type SimulatedDrive } from '../src/index.ts'

const size = { width: 320, height: 176 }
const index = 6

describe('instances of a picture', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  async function see(drive: SimulatedDrive, cameraName: string, instances = true): Promise<DriveFrame> {
    const request = { ...size, cameraName, look: parseLook('overcast/day'), frames: { start: index, count: 1 }, instances }
    for await (const frame of renderDrive(device, drive, request)) return frame
    throw new Error('no frame')
  }

  it.each([5, 6])('every pixel of a vehicle or a person has the number of one, and nothing else has (seed %i)', async (seed) => {
    const drive = simulateDrive({ seed, seconds: 1, fps: 10 })
    const { seg, instances, objects } = await see(drive, 'front')
    if (instances === undefined || objects === undefined) throw new Error('no instances')
    const people = new Map(drive.actors.map(({ number, class: kind }) => [number, kind === 'pedestrian']))
    let [bodies, numbered] = [0, 0]
    seg.forEach((id, i) => {
      const body = id === segClassId.vehicle || id === segClassId.pedestrian
      if (body) bodies++
      if (instances[i] === 0) return
      numbered++
      expect(people.get(instances[i])).toBe(id === segClassId.pedestrian)
    })
    expect(bodies).toBeGreaterThan(500)
    expect(numbered).toBe(bodies)
    expect(objects.reduce((sum, { visiblePixels }) => sum + visiblePixels, 0)).toBe(bodies)
  })

  it.each([5, 6])(
    '2D boxes are those of the pixels, inside the projections of the 3D boxes; silhouettes agree with what is drawn (seed %i)',
    async (seed) => {
      const drive = simulateDrive({ seed, seconds: 1, fps: 10 })
      const { instances, objects = [] } = await see(drive, 'front')
      const timeUs = Math.round(drive.frameTimes[index] * 1e6)
      const camera = scaleCamera(drive.scenario.rig.cameras[0], size.width, size.height)
      const worldToCamera = invertPose(composePose(poseAt(drive.scenario.ego, timeUs), camera.camera_to_vehicle))
      let [checked, open] = [0, 0]
      for (const { number, id, box, fullBox, occlusion, visiblePixels } of objects) {
        expect(occlusion).toBeGreaterThanOrEqual(0)
        expect(occlusion).toBeLessThanOrEqual(1)
        if (box === undefined) {
          expect(occlusion).toBe(1)
          continue
        }
        let count = 0
        instances?.forEach((value, i) => {
          if (value !== number) return
          count++
          const [x, y] = [i % size.width, Math.floor(i / size.width)]
          expect(x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1).toBe(true)
        })
        expect(count).toBe(visiblePixels)
        // An open body of some size covers what its silhouette says.
        if (visiblePixels > 60 && occlusion < 0.02) {
          open++
          for (const key of ['x0', 'y0', 'x1', 'y1'] as const)
            expect(Math.abs(box[key] - fullBox[key]), `${id} ${key}`).toBeLessThanOrEqual(1)
        }
        const track = drive.scenario.tracks.find((one) => one.id === id)
        const solid = track === undefined ? undefined : trackBoxAt(track, timeUs)
        if (solid === undefined || solid.size[0] < 1) continue
        const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) =>
          transformPoint(
            worldToCamera,
            transformPoint(solid.object_to_world, [
              (k & 1 ? 0.5 : -0.5) * solid.size[0],
              (k & 2 ? 0.5 : -0.5) * solid.size[1],
              (k & 4 ? 0.5 : -0.5) * solid.size[2],
            ]),
          ),
        )
        if (corners.some(([, , z]) => z < 0.5)) continue
        checked++
        const flat = corners.map((corner) => project(camera.model, corner))
        expect(box.x0, id).toBeGreaterThan(Math.min(...flat.map(({ u }) => u)) - 1.5)
        expect(box.x1, id).toBeLessThan(Math.max(...flat.map(({ u }) => u)) + 1.5)
        expect(box.y0, id).toBeGreaterThan(Math.min(...flat.map(({ v }) => v)) - 1.5)
        expect(box.y1, id).toBeLessThan(Math.max(...flat.map(({ v }) => v)) + 1.5)
      }
      expect(checked).toBeGreaterThan(3)
      expect(open).toBeGreaterThan(1)
    },
  )

  it('a body hidden by another is told with its share', async () => {
    const drive = simulateDrive({ seed: 5, seconds: 1, fps: 10 })
    const { objects = [] } = await see(drive, 'front')
    expect(objects.some(({ occlusion, visiblePixels }) => occlusion > 0.2 && occlusion < 0.9 && visiblePixels > 20)).toBe(true)
  })

  it('costs nothing and changes nothing where it is not asked for', async () => {
    const drive = simulateDrive({ seed: 5, seconds: 1, fps: 10 })
    const [without, numbered] = [await see(drive, 'front', false), await see(drive, 'front')]
    expect(without.instances).toBeUndefined()
    expect(without.objects).toBeUndefined()
    expect(Buffer.compare(without.rgb.data, numbered.rgb.data)).toBe(0)
    expect(Buffer.compare(without.seg, numbered.seg)).toBe(0)
  })

  it('numbers pixels of an f-theta lens too', async () => {
    const drive = simulateDrive({ seed: 6, seconds: 1, fps: 10, rig: 'rds-hq' })
    const { seg, instances, objects = [] } = await see(drive, drive.scenario.rig.cameras[0].name)
    let [bodies, numbered] = [0, 0]
    seg.forEach((id, i) => {
      if (id === segClassId.vehicle || id === segClassId.pedestrian) bodies++
      if ((instances?.[i] ?? 0) > 0) numbered++
    })
    expect(bodies).toBeGreaterThan(300)
    expect(numbered).toBe(bodies)
    expect(objects.filter(({ occlusion, visiblePixels }) => visiblePixels > 60 && occlusion < 0.1).length).toBeGreaterThan(1)
  })
})
