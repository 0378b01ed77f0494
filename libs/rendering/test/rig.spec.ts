import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { frontWide } from '../bench/rig.ts'
import { benchScenario } from '../bench/scenario.ts'
import { openRenderDevice, renderCondition, renderRig, resizeLanczos4, type RigFrame, type Style, styleNames } from '../src/index.ts'

const timesUs = [0, 500_000]
const left = { ...frontWide, name: 'left', camera_to_vehicle: { rotation: [0.5, -0.5, 0.5, -0.5], translation: [1, 1, 1.5] } as const }
const views = [
  { camera: frontWide, width: 320, height: 176 },
  { camera: left, width: 160, height: 96 },
]

describe('a rig', () => {
  it.each(styleNames)('%s: gives each view what it gives alone, time by time', async (style) => {
    const scenario = benchScenario({ pointsPerSweep: 2000 })
    const device = await openRenderDevice()
    try {
      const frames: RigFrame[] = []
      for await (const frame of renderRig(device, scenario, { views, style, timesUs })) frames.push(frame)
      expect(frames.map(({ view, frame }) => [frame, view])).toEqual([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ])
      for (const [view, request] of views.entries()) {
        const alone: RgbImage[] = []
        for await (const image of renderCondition(device, scenario, { ...request, style, timesUs })) alone.push(image)
        alone.forEach((image, frame) => {
          const inRig = frames[frame * views.length + view].image
          expect([inRig.width, inRig.height]).toEqual([request.width, request.height])
          expect(Buffer.from(inRig.data).equals(Buffer.from(image.data))).toBe(true)
        })
      }
    } finally {
      device.dispose()
    }
  })

  it('draws at 16:9 and resizes or cuts with the chains', async () => {
    const scenario = benchScenario()
    const draw = async (height: number, chain: 'direct' | 'resize' | 'crop'): Promise<RgbImage> => {
      for await (const image of renderCondition(undefined, scenario, { ...views[0], height, style: 'hdmap-v1', timesUs: [0], chain }))
        return image
      throw new Error('no frame')
    }
    const whole = await draw(180, 'direct')
    expect(Buffer.from((await draw(176, 'resize')).data).equals(Buffer.from(resizeLanczos4(whole, 320, 176).data))).toBe(true)
    expect(Buffer.from((await draw(176, 'crop')).data).equals(Buffer.from(whole.data.subarray(2 * 320 * 3, 178 * 320 * 3)))).toBe(true)
    await expect(draw(184, 'crop')).rejects.toThrow(/184 rows out of a 320x180 picture/)
  })

  it('opens a device only for a style that uses one, and says so where there is none', async () => {
    const never = (): never => {
      throw new Error('opened')
    }
    const onDevice: Style = { name: 'x', title: 'x', needs: 'map-or-tracks', defaultChain: 'direct', open: never }
    const request = { views, timesUs: [0] }
    for await (const { image } of renderRig(never, benchScenario(), { ...request, style: 'hdmap-v1' }))
      expect(image.data.length).toBeGreaterThan(0)
    const nothing = renderRig(undefined, benchScenario(), { ...request, style: onDevice })
    await expect(nothing.next()).rejects.toMatchObject({ code: 'VIRGA_MISSING_DEPENDENCY' })
    await expect(renderRig(undefined, benchScenario(), { ...request, style: 'hdmap-v9' }).next()).rejects.toThrow(/one of: hdmap-v1/)
  })
})
