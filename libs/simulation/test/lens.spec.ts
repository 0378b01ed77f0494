import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLook, renderDrive, simulatedSweeps, simulateDrive } from '../src/index.ts'
import { lensMap } from '../src/render/lens-faces.ts'
import { rdsHqRig } from '../src/rig/rds-hq-rig.ts'
import { agreement } from './agreement.ts'

const size = { width: 640, height: 360 }
const index = 10

describe('the seven cameras of RDS-HQ', () => {
  it('are the published lenses', () => {
    const rig = rdsHqRig(1920, 1080)
    expect(rig.map(({ name }) => name)).toEqual([
      'camera_front_wide_120fov',
      'camera_cross_left_120fov',
      'camera_cross_right_120fov',
      'camera_rear_left_70fov',
      'camera_rear_right_70fov',
      'camera_rear_tele_30fov',
      'camera_front_tele_30fov',
    ])
    const paraxial = rig.map(({ model }) => (model.kind === 'ftheta' ? model.angleToPixel[1] : 0))
    // Focal lengths of the pinholes that are published beside them.
    for (const [i, focal] of [945.549, 938.51, 937.17, 1571.28, 1564.08, 3680.58, 3675.75].entries())
      expect(Math.abs(paraxial[i] / focal - 1), rig[i].name).toBeLessThan(0.001)
    expect(() => rdsHqRig(640, 480)).toThrow(expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE' }))
  })

  it('are covered by pinholes to the last pixel', () => {
    for (const camera of rdsHqRig(size.width, size.height)) {
      const { faces, face, place, depthScale } = lensMap(camera)
      expect(faces.length, camera.name).toBe(camera.name.includes('120') ? 2 : 1)
      let outside = 0
      face.forEach((k, i) => {
        const { width = 0, height = 0 } = faces[k] ?? {}
        const inside = place[2 * i] >= 1 && place[2 * i] < width - 1 && place[2 * i + 1] >= 1 && place[2 * i + 1] < height - 1
        if (!inside || !(depthScale[i] > 0)) outside++
      })
      expect(outside, camera.name).toBe(0)
      // Not many more pixels than the lens has.
      const drawn = faces.reduce((sum, one) => sum + one.width * one.height, 0)
      expect(drawn / face.length, camera.name).toBeLessThan(2.9)
    }
  })
})

describe('pictures through a lens', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(['camera_front_wide_120fov', 'camera_rear_left_70fov'])('%s shows what the LiDAR measures', async (cameraName) => {
    const drive = simulateDrive({ seed: 7, seconds: 2, fps: 10, ...size, rig: 'rds-hq' })
    const camera = drive.scenario.rig.cameras.find(({ name }) => name === cameraName)
    if (camera === undefined) throw new Error('no camera')
    const sweep = await simulatedSweeps(drive, { noise: false, rolling: false, grid: '64x1800' })[index].load()
    const request = { ...size, cameraName, look: parseLook('clear/day'), frames: { start: index, count: 1 }, supersample: 1 }
    for await (const frame of renderDrive(device, drive, request)) {
      expect([frame.rgb.width, frame.rgb.height, frame.rgb.data.length]).toEqual([640, 360, 640 * 360 * 3])
      const found = agreement(drive, sweep, camera, frame)
      if (process.env.VIRGA_VERBOSE !== undefined) process.stdout.write(`${JSON.stringify({ cameraName, found })}\n`)
      expect(found.points).toBeGreaterThan(5000)
      expect(found.on / found.points).toBeGreaterThan(0.985)
    }
  })
})
