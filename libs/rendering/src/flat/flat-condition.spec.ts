import type { MapElement, Scenario } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cameraOf, draw, inCity, pinhole, pixel, scenarioOf, trackOf } from '../../test/scenario.ts'
import { openRenderDevice, type RenderDevice } from '../device/render-device.ts'

const camera = cameraOf(pinhole)
/** Section of the public configuration, hdmap_color_config.json. */
const colours = {
  'lane-line': [98, 183, 249],
  'road-boundary': [200, 36, 35],
  'wait-line': [185, 63, 34],
  pole: [66, 40, 144],
  crosswalk: [206, 131, 63],
  'road-marking': [126, 204, 205],
  'traffic-sign': [131, 175, 155],
  'traffic-light': [252, 157, 155],
}
const shade = (rgb: readonly number[], z: number): number[] => rgb.map((value) => Math.floor((value * 2 * (122.5 - z)) / 255))
const line = (...points: number[]): MapElement => ({
  id: `line-${points.join()}`,
  kind: 'lane-line',
  line: inCity(...points),
  colour: 'white',
  pattern: 'solid',
})
const isBlack = (data: Uint8Array): boolean => data.every((value) => value === 0)

describe('hdmap-v1', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })
  const first = async (scenario: Scenario, at = 0) => (await draw(device, scenario, camera, 'hdmap-v1', [at]))[0]

  it('is black where there is nothing', async () => {
    const frames = await draw(device, scenarioOf({}), camera, 'hdmap-v1', [0, 400_000, 1_000_000])
    expect(frames).toHaveLength(3)
    for (const { width, height, data } of frames) {
      expect([width, height, data.length]).toEqual([200, 120, 200 * 120 * 3])
      expect(isBlack(data)).toBe(true)
    }
  })

  it('draws every layer in its palette colour, shaded by depth and nothing else', async () => {
    // A line straight across the picture and areas that cover its middle, 20 m ahead.
    const across = inCity(20, 5, 0, 20, -5, 0)
    const area = inCity(20, 4, 2, 20, -4, 2, 20, -4, -2, 20, 4, -2)
    const box = inCity(...[19, 21].flatMap((x) => [x, 4, 2, x, -4, 2, x, -4, -2, x, 4, -2]))
    const elements: MapElement[] = [
      { id: '1', kind: 'lane-line', line: across, colour: 'yellow', pattern: 'double-solid' },
      { id: '2', kind: 'road-boundary', line: across },
      { id: '3', kind: 'wait-line', line: across },
      { id: '4', kind: 'pole', line: across },
      { id: '5', kind: 'crosswalk', ring: area },
      { id: '6', kind: 'road-marking', ring: area },
      { id: '7', kind: 'traffic-sign', corners: box },
      { id: '8', kind: 'traffic-light', corners: box },
    ]
    for (const element of elements) {
      if (element.kind === 'lane') continue
      expect(pixel(await first(scenarioOf({ map: [element] })), 100, 60)).toEqual(shade(colours[element.kind], 20))
    }
  })

  it('gives 0.9608 of the colour close to the camera and black beyond 122.5 m', async () => {
    expect(shade([98, 183, 249], 0)).toEqual([94, 175, 239])
    expect(pixel(await first(scenarioOf({ map: [line(0.01, 1.3, 0, 0.01, -1.3, 0)] })), 100, 60)).toEqual([94, 175, 239])
    expect(isBlack((await first(scenarioOf({ map: [line(123, 50, 0, 123, -50, 0)] }))).data)).toBe(true)
  })

  it('does not draw lanes or lines without paint', async () => {
    const unpainted: MapElement = { ...line(20, 5, 0, 20, -5, 0), kind: 'lane-line', pattern: 'none' } as MapElement
    expect(isBlack((await first(scenarioOf({ map: [unpainted] }))).data)).toBe(true)
  })

  it('lets the later line of a layer lie on top, even when it is farther, and merges layers by the maximum', async () => {
    const near = line(10, 5, 0, 10, -5, 0)
    const far = line(60, 30, 0, 60, -30, 0)
    const rgb = colours['lane-line']
    expect(pixel(await first(scenarioOf({ map: [near, far] })), 100, 60)).toEqual(shade(rgb, 60))
    expect(pixel(await first(scenarioOf({ map: [far, near] })), 100, 60)).toEqual(shade(rgb, 10))
    const boundary: MapElement = { id: 'b', kind: 'road-boundary', line: inCity(10, 5, 0, 10, -5, 0) }
    const [a, b] = [shade(rgb, 60), shade(colours['road-boundary'], 10)]
    const merged = [0, 1, 2].map((channel) => Math.max(a[channel], b[channel]))
    expect(pixel(await first(scenarioOf({ map: [boundary, far] })), 100, 60)).toEqual(merged)
    expect(pixel(await first(scenarioOf({ map: [far, boundary] })), 100, 60)).toEqual(merged)
  })

  it('draws lines 9 pixels wide: 8 as OpenCV does, its outline included', async () => {
    const image = await first(scenarioOf({ map: [line(20, 5, 0, 20, -5, 0)] }))
    const lit = Array.from({ length: 120 }, (_, y) => y).filter((y) => pixel(image, 100, y)[2] > 0)
    expect(lit).toEqual([56, 57, 58, 59, 60, 61, 62, 63, 64])
  })

  it('keeps a line that passes the camera from in front to behind', async () => {
    const image = await first(scenarioOf({ map: [line(-40, -2, -1.5, 40, -2, -1.5)] }))
    // 2 m to the right and 1.5 m down, 10 m ahead: the middle sample lies there.
    expect(pixel(image, 120, 75)).toEqual(expect.arrayContaining([expect.toSatisfy((value: number) => value > 0)]))
    expect(pixel(image, 60, 75)).toEqual([0, 0, 0])
  })

  it('moves boxes along their track at the frame time', async () => {
    const track = trackOf('a', 'car', [20, 6, 0], [20, -6, 0], [2, 2, 2])
    const scenario = scenarioOf({ tracks: [track] })
    const middle = async (at: number): Promise<number> => {
      const image = await first(scenario, at)
      const lit = Array.from({ length: 200 }, (_, x) => x).filter((x) => pixel(image, x, 60)[0] > 0)
      return lit.reduce((sum, x) => sum + x, 0) / lit.length
    }
    // From 6 m left to 6 m right, 20 m ahead: 30 px to both sides of the centre.
    expect(await middle(0)).toBeCloseTo(70, -0.5)
    expect(await middle(250_000)).toBeCloseTo(100, -0.5)
    expect(await middle(500_000)).toBeCloseTo(130, -0.5)
    expect(isBlack((await first(scenario, 600_000)).data)).toBe(true)
  })

  it('draws each class in its colour', async () => {
    for (const [kind, rgb] of [
      ['car', [255, 0, 0]],
      ['bus', [0, 0, 255]],
      ['pedestrian', [0, 255, 0]],
      ['motorcycle', [255, 255, 0]],
      ['cone', [255, 255, 255]],
    ] as const) {
      const { data } = await first(scenarioOf({ tracks: [trackOf('a', kind, [20, 0, 0], [20, 0, 0], [1, 4, 4])] }))
      const channels = [0, 1, 2].map((channel) => data.some((value, i) => i % 3 === channel && value > 150))
      expect(channels).toEqual(rgb.map((value) => value > 0))
    }
  })

  it('leaves out a box behind the camera and one all around it, and clips one that reaches past the camera', async () => {
    expect(isBlack((await first(scenarioOf({ tracks: [trackOf('a', 'car', [-20, 0, 0], [-20, 0, 0], [4, 2, 2])] }))).data)).toBe(true)
    expect(isBlack((await first(scenarioOf({ tracks: [trackOf('a', 'car', [0, 0, 0], [0, 0, 0], [6, 6, 6])] }))).data)).toBe(true)
    const beside = trackOf('a', 'truck', [2, 3, 0], [2, 3, 0], [12, 2, 2])
    const image = await first(scenarioOf({ tracks: [beside] }))
    expect(image.data.some((value, i) => i % 3 === 2 && value > 0)).toBe(true)
    // Nothing on the other side: an end behind the camera must not be mirrored into the picture.
    for (let y = 0; y < 120; y += 1) for (let x = 105; x < 200; x += 1) expect(pixel(image, x, y)).toEqual([0, 0, 0])
  })
})
