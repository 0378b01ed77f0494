import { type CameraModel, type MapElement, type RgbImage, type Scenario, type Track } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOf, inCity, pinhole, scenarioOf, trackOf } from '../../test/scenario.ts'
import { renderCondition } from '../render-condition.ts'

async function draw(scenario: Scenario, model: CameraModel = pinhole): Promise<RgbImage> {
  const request = { camera: cameraOf(model), width: 200, height: 120, timesUs: [0], style: 'hdmap-v1' }
  for await (const frame of renderCondition(undefined, scenario, request)) return frame
  throw new Error('no frame')
}
const lit = ({ data }: RgbImage): number => data.reduce((count, value) => count + (value > 0 ? 1 : 0), 0)
const boundary = (...points: number[]): MapElement => ({ id: points.join(), kind: 'road-boundary', line: inCity(...points) })
const area = (kind: 'crosswalk' | 'road-marking', ...points: number[]): MapElement => ({ id: points.join(), kind, ring: inCity(...points) })
const road = boundary(5, 2, -1, 60, 2, -1)

const everything: readonly MapElement[] = [
  road,
  boundary(5, -2, -1, 60, -2, -1),
  area('crosswalk', 10, 3, -1, 13, 3, -1, 13, -3, -1, 10, -3, -1),
  { id: 'pole', kind: 'pole', line: inCity(20, 5, -1, 20, 5, 6) },
  { id: 'sign', kind: 'traffic-sign', corners: inCity(...[19, 21].flatMap((x) => [x, 4, 2, x, -4, 2, x, -4, -2, x, 4, -2])) },
]
const boxes: readonly Track[] = [
  trackOf('behind', 'car', [-20, 0, 0], [-20, 0, 0], [4, 2, 2]),
  trackOf('around', 'truck', [0, 0, 0], [0, 0, 0], [20, 20, 20]),
  trackOf('larger', 'bus', [3, 0, 0], [3, 0, 0], [5, 500, 300]),
  trackOf('flat', 'car', [20, 0, 0], [20, 0, 0], [0, 0, 0]),
  trackOf('endless', 'car', [30, 0, 0], [30, 0, 0], [1e9, 1e9, 1e9]),
]

describe('hdmap-v1 with bad or extreme input', () => {
  it.each<[string, MapElement]>([
    ['a line of no length', boundary(20, 0, 0, 20, 0, 0)],
    ['a line of one vertex', boundary(20, 0, 0)],
    ['a line without vertices', boundary()],
    ['a line through the camera', boundary(-20, 0, 0, 20, 0, 0)],
    ['a line that starts in the camera', boundary(0, 0, 0, 1, 0, 0)],
    ['a line of 2e12 m', boundary(-1e12, 3, -1, 1e12, 3, -1)],
    ['a line of 1e308 m', boundary(-1e308, 3, -1, 1e308, 3, -1)],
    ['a line with NaN', boundary(10, 0, 0, NaN, 0, 0, 30, 0, 0)],
    ['a line to infinity', boundary(10, 0, 0, Infinity, 0, 0)],
    ['an area of NaN', area('crosswalk', NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN)],
    ['an area of one point', area('crosswalk', 20, 0, 0, 20, 0, 0, 20, 0, 0)],
    ['an area without points', area('road-marking')],
    ['an area around the camera', area('road-marking', 30, 30, -1, -30, 30, -1, -30, -30, -1, 30, -30, -1)],
    ['an area of 1e12 m', area('road-marking', 1e12, 1e12, -1, -1e12, 1e12, -1, -1e12, -1e12, -1, 10, -1e12, -1)],
  ])('%s: draws the rest', async (_name, element) => {
    const alone = lit(await draw(scenarioOf({ map: [road] })))
    expect(lit(await draw(scenarioOf({ map: [element, road] })))).toBeGreaterThanOrEqual(alone)
  })

  it('leaves out areas without extent and what is not finite', async () => {
    for (const element of [
      area('crosswalk', 20, 0, 0, 20, 0, 0, 20, 0, 0),
      boundary(NaN, 0, 0, NaN, 0, 0),
      area('crosswalk', 20, 1, 0, 20, -1, 0),
    ])
      expect(lit(await draw(scenarioOf({ map: [element] })))).toBe(0)
  })

  it('draws a line of no length as a dot', async () => {
    expect(lit(await draw(scenarioOf({ map: [boundary(20, 0, 0, 20, 0, 0)] })))).toBeGreaterThan(100)
  })

  it.each<[string, CameraModel]>([
    ['pinhole with cx = 1e9', { kind: 'pinhole', fx: 100, fy: 100, cx: 1e9, cy: 60 }],
    ['pinhole of huge focal length', { kind: 'pinhole', fx: 1e12, fy: 1e12, cx: 100, cy: 60 }],
    ['pinhole of focal length 0', { kind: 'pinhole', fx: 0, fy: 0, cx: 100, cy: 60 }],
    ['pinhole of NaN', { kind: 'pinhole', fx: NaN, fy: 100, cx: 100, cy: 60 }],
    ['mirrored pinhole', { kind: 'pinhole', fx: -100, fy: 100, cx: 100, cy: 60 }],
    ['rational with a pole', { kind: 'opencv-rational', fx: 100, fy: 100, cx: 100, cy: 60, k: [0, 0, 0, -1, 0, 0], p1: 0, p2: 0 }],
    ['fisheye that folds back', { kind: 'kannala-brandt', fx: 60, fy: 60, cx: 100, cy: 60, k: [-2, 0, 0, 0] }],
    ...(
      [
        ['f-theta that falls', [0, 100, -200, 0, 0, 0], 0.9],
        ['f-theta that falls at once', [0, -100, 0, 0, 0, 0], 0.9],
        ['f-theta of NaN', [0, NaN, 0, 0, 0, 0], 0.9],
        ['f-theta of no field of view', [0, 100, 0, 0, 0, 0], 0],
        ['f-theta of huge terms', [0, 1e30, 1e30, 1e30, 1e30, 1e30], 1.3],
      ] as const
    ).map(([name, angleToPixel, maxAngle]): [string, CameraModel] => [
      name,
      {
        kind: 'ftheta',
        cx: 100,
        cy: 60,
        c: 1,
        d: 0,
        e: 0,
        angleToPixel,
        pixelToAngle: [0, 0.01, 0, 0, 0, 0],
        reference: 'angle-to-pixel',
        maxAngle,
      },
    ]),
  ])('%s: gives a picture', async (_name, model) => {
    const { data } = await draw(scenarioOf({ map: everything, tracks: boxes }), model)
    expect(data).toHaveLength(200 * 120 * 3)
  })

  it('draws boxes behind, around and larger than the camera without harm to the others', async () => {
    const car = trackOf('z', 'pedestrian', [20, 0, 0], [20, 0, 0], [1, 4, 4])
    const alone = await draw(scenarioOf({ tracks: [car] }))
    const among = await draw(scenarioOf({ tracks: [...boxes, car] }))
    expect(lit(alone)).toBeGreaterThan(100)
    alone.data.forEach((value, i) => {
      if (value > among.data[i]) expect.fail(`byte ${i} is ${among.data[i]}, alone it is ${value}`)
    })
  })
})
