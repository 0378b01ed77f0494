import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Look, parseLook, type RenderedFrame, segClasses, simulateDrive, withWeather } from '../src/index.ts'
import { DriveRenderer } from '../src/render/drive-renderer.ts'

const width = 320
const height = 176

let device: RenderDevice
beforeAll(async () => {
  device = await openRenderDevice()
})
afterAll(() => {
  device.dispose()
})

async function draw(seed: number, looks: readonly Look[], frame = 24): Promise<RenderedFrame> {
  const drive = simulateDrive({ seed, seconds: 2 })
  const renderer = await DriveRenderer.open(device, drive, drive.scenario.rig.cameras[0], { width, height, supersample: 2 })
  try {
    return await renderer.frame(frame, looks)
  } finally {
    renderer.dispose()
  }
}

const brightness = (data: Uint8Array, i: number): number => (data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3
/** How warm a pixel is: red over blue, levels. */
const warmth = (data: Uint8Array, i: number): number => data[3 * i] - data[3 * i + 2]
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('looks', { timeout: 60_000 }, () => {
  it('show by day which windows are lit at night', async () => {
    const warm: { lit: number[]; dark: number[] } = { lit: [], dark: [] }
    for (const seed of [3, 9, 30]) {
      const { seg, images } = await draw(seed, ['overcast/day', 'overcast/night'].map(parseLook))
      const [day, night] = images.map(({ data }) => data)
      const building = segClasses.indexOf('building')
      for (let i = 0; i < seg.length; i++) {
        if (seg[i] !== building) continue
        const at = brightness(night, i)
        if (at > 150) warm.lit.push(warmth(day, i))
        else if (at < 60) warm.dark.push(warmth(day, i))
      }
    }
    expect(warm.lit.length).toBeGreaterThan(200)
    expect(mean(warm.lit)).toBeGreaterThan(mean(warm.dark) + 30)
    // Four of five of them are warmer than four of five of the dark pixels.
    const at = (values: number[], share: number): number => values.sort((a, b) => a - b)[Math.floor(share * values.length)]
    expect(at(warm.lit, 0.2)).toBeGreaterThan(at(warm.dark, 0.8))
  })

  it('change with the physics that are asked for, over the same truth', async () => {
    const clear = parseLook('clear/day')
    const looks = [
      clear,
      withWeather(clear, { wetness: 1 }),
      withWeather(clear, { snowCover: 1 }),
      withWeather(clear, { fogExtinction: 0.05 }),
    ]
    const { seg, depth, images } = await draw(3, looks)
    const [dry, wet, snowy, foggy] = images.map(({ data }) => data)
    const of = (name: (typeof segClasses)[number], far: number): number[] =>
      [...seg.keys()].filter((i) => seg[i] === segClasses.indexOf(name) && depth[i] > 0 && depth[i] < far)
    // Straight below, where water mirrors little.
    const near = of('road', 4.5)
    const light = (data: Uint8Array, pixels: number[]): number => mean(pixels.map((i) => brightness(data, i)))
    expect(near.length).toBeGreaterThan(500)
    expect(light(wet, near)).toBeLessThan(0.85 * light(dry, near))
    expect(light(snowy, near)).toBeGreaterThan(1.2 * light(dry, near))
    // Fog evens out what is far away, hardly what is near.
    const spread = (data: Uint8Array): number => {
      const values = [...seg.keys()].filter((i) => depth[i] > 60).map((i) => brightness(data, i))
      return Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))
    }
    expect(spread(foggy)).toBeLessThan(0.3 * spread(dry))
  })

  it('let snow fall on a few pixels, and put drops on the lens where that is asked for', async () => {
    const still = parseLook('snow/day')
    const [snow, none] = (
      await draw(14, [withWeather(still, { snowRate: 20, snowCover: 1, fogExtinction: 0.0055 }), withWeather(still, { snowRate: 0 })])
    ).images
    const flakes = [...Array(width * height).keys()].filter((i) => brightness(snow.data, i) - brightness(none.data, i) > 12)
    expect(flakes.length).toBeGreaterThan(60)
    expect(flakes.length).toBeLessThan(0.1 * width * height)
    const dropped = (await draw(14, [withWeather(still, { snowRate: 0 }), withWeather(still, { snowRate: 0, lensDrops: 1 })])).images
    expect(Buffer.compare(dropped[0].data, dropped[1].data)).not.toBe(0)
  })
})
