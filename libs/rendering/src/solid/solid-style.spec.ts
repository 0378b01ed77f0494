import {
  buildTrajectory,
  type Camera,
  type LaneLine,
  type MapElement,
  quatFromRollPitchYaw,
  type RgbImage,
  type Scenario,
  type Track,
} from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOf, city, inCity, pinhole, pixel, scenarioOf, trackOf } from '../../test/scenario.ts'
import { drawSolid } from '../../test/solid/draw.ts'
import { worldScenarioV3T25Description as t25 } from '../styles/world-scenario-v3-t25.ts'
import { boxClasses, boxEdge, colours, lampColours, worldScenarioV3Description as dd } from '../styles/world-scenario-v3.ts'
import type { Rgb } from './description.ts'

const camera = cameraOf(pinhole)
const line = (points: readonly number[], colour: LaneLine['colour'] = 'white', pattern: LaneLine['pattern'] = 'solid'): LaneLine => ({
  id: `line-${points.join()}`,
  kind: 'lane-line',
  line: inCity(...points),
  colour,
  pattern,
})
const isBlack = ({ data }: RgbImage): boolean => data.every((value) => value === 0)
const draw = (scenario: Scenario, at: Camera = camera, timeUs = 0): Promise<RgbImage> => drawSolid(dd, scenario, at, timeUs)
/** Lit runs of a row: first and last + 1. */
function runs(image: RgbImage, y: number): [number, number][] {
  const found: [number, number][] = []
  let start = -1
  for (let x = 0; x <= image.width; x += 1) {
    const lit = x < image.width && Math.max(...pixel(image, x, y)) > 127
    if (lit && start < 0) start = x
    if (!lit && start >= 0) {
      found.push([start, x])
      start = -1
    }
  }
  return found
}
const litRows = (image: RgbImage, x: number): number =>
  Array.from({ length: image.height }, (_, y) => pixel(image, x, y)[0] / 255).reduce((a, b) => a + b)
const cuboid = (x: number, y: number, z: number, l: number, w: number, h: number): Float64Array => {
  const signs = [1, 1, 1, 1, -1, 1, -1, -1, 1, -1, 1, 1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1]
  return inCity(...signs.map((sign, i) => [x + (sign * l) / 2, y + (sign * w) / 2, z + (sign * h) / 2][i % 3]))
}
/** A parked box with a heading (radians). */
function parked(kind: Track['class'], [x, y, z]: readonly number[], size: readonly number[], yaw = 0): Track {
  const rotation = quatFromRollPitchYaw(0, 0, yaw)
  const translations = [x + city[0], y + city[1], z + city[2]]
  return {
    id: `${kind} ${x} ${y}`,
    class: kind,
    sourceCategory: kind,
    trajectory: buildTrajectory({
      timesUs: [0, 500_000],
      translations: [...translations, ...translations],
      rotations: [...rotation, ...rotation],
    }),
    sizes: Float64Array.from([...size, ...size]),
  }
}
/** A camera so many metres above the vehicle's origin that looks down; its picture's top is ahead. */
function above(metres: number): Camera {
  return { ...camera, camera_to_vehicle: { rotation: [0, Math.SQRT1_2, -Math.SQRT1_2, 0], translation: [0, 0, metres] } }
}
const faded = (rgb: Rgb, depth: number): number[] => rgb.map((value) => Math.floor(value * (1 - depth / 200) + 0.5))

describe('palette and depth', () => {
  const across = [0.2, 0.1, 0, 0.2, -0.1, 0]
  const ring = inCity(0.1, 0.1, 0, 0.1, -0.1, 0, -0.1, -0.1, 0, -0.1, 0.1, 0)
  const box = cuboid(0.21, 0, 0, 0.02, 0.2, 0.2)
  const elements: [string, MapElement, Rgb][] = [
    ['road boundary', { id: '1', kind: 'road-boundary', line: inCity(...across) }, colours.roadBoundary],
    ['wait line', { id: '1', kind: 'wait-line', line: inCity(...across) }, colours.waitLine],
    ['pole', { id: '1', kind: 'pole', line: inCity(...across) }, colours.pole],
    ['crosswalk', { id: '1', kind: 'crosswalk', ring }, colours.crosswalk],
    ['road marking', { id: '1', kind: 'road-marking', ring }, colours.roadMarking],
    ['traffic sign', { id: '1', kind: 'traffic-sign', corners: box }, colours.trafficSign],
    ['light of no known state', { id: '1', kind: 'traffic-light', corners: box }, [100, 100, 100]],
    ['white line', line(across), [255, 255, 255]],
    ['yellow line', line(across, 'yellow'), [255, 255, 0]],
    ['paint that is not listed', line(across, 'white', 'dashed-solid'), [181, 164, 71]],
    ['blue line', line(across, 'blue'), [181, 164, 71]],
  ]

  it.each(elements)('%s: its own colour close to the camera, in both flavours', async (_name, element, rgb) => {
    const from = 'ring' in element ? above(0.2) : camera
    for (const flavour of [dd, t25]) {
      expect(pixel(await drawSolid(flavour, scenarioOf({ map: [element] }), from), 100, 60)).toEqual(faded(rgb, 0.2))
    }
  })

  it.each([10, 100, 190])('fades to black at 200 m: %d m', async (depth) => {
    const ring = inCity(depth, depth, 0, depth, -depth, 0, -depth, -depth, 0, -depth, depth, 0)
    const scenario = scenarioOf({ map: [{ id: '1', kind: 'crosswalk', ring }] })
    expect(pixel(await draw(scenario, above(depth)), 100, 60)).toEqual(faded(colours.crosswalk, depth))
  })

  it('draws nothing beyond 200 m', async () => {
    const ring = inCity(201, 99, -9, 201, -99, -9, 260, -99, -9, 260, 99, -9)
    expect(isBlack(await draw(scenarioOf({ map: [{ id: '1', kind: 'crosswalk', ring }, line([201, 50, 0, 260, -50, 0])] })))).toBe(true)
  })

  it('gives lights the colour of their state at the frame time', async () => {
    const timesUs = Float64Array.of(100_000, 200_000, 300_000)
    const light: MapElement = { id: '1', kind: 'traffic-light', corners: box, states: { timesUs, state: ['red', 'yellow', 'green'] } }
    const expected = lampColours as Record<string, Rgb>
    for (const [at, state] of [
      [0, 'unknown'],
      [100_000, 'red'],
      [250_000, 'yellow'],
      [999_999, 'green'],
    ] as const) {
      // prettier-ignore
      expect(pixel(await draw(scenarioOf({ map: [light] }), camera, at), 100, 60)).toEqual(faded(expected[state], 0.2))
    }
  })

  it('lets the nearer shape hide the farther one, whichever comes first', async () => {
    const near = parked('car', [20, 0, 0], [2, 4, 4])
    const far = parked('pedestrian', [40, 0, 0], [2, 20, 20])
    for (const tracks of [
      [near, far],
      [far, near],
    ]) {
      const image = await draw(scenarioOf({ tracks }))
      expect(pixel(image, 100, 62)).toEqual(faded(boxClasses[0].rear, 19))
      expect(pixel(image, 120, 62)).toEqual(faded(boxClasses[2].rear, 39))
    }
  })
})

describe('boxes', () => {
  it.each(boxClasses.map((look, i) => [look.of[0], i] as const))(
    '%s: front colour from the front, rear colour from behind',
    async (kind, i) => {
      for (const [yaw, rgb] of [
        [Math.PI, boxClasses[i].front],
        [0, boxClasses[i].rear],
      ] as const) {
        // prettier-ignore
        const image = await draw(scenarioOf({ tracks: [parked(kind, [11, 0, 0], [2, 6, 6], yaw)] }))
        expect(pixel(image, 100, 65)).toEqual(faded(rgb, 10))
      }
    },
  )

  it('runs from the front colour to the rear colour along a side', async () => {
    // Heading left, its right side 10 m ahead: front at the left end.
    const image = await draw(scenarioOf({ tracks: [parked('car', [11, 0, 0], [10, 2, 4], Math.PI / 2)] }))
    const { front, rear } = boxClasses[0]
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const expected = front.map((value, c) => (value + (rear[c] - value) * share) * 0.95)
      const got = pixel(image, Math.floor(50 + 100 * share), 62)
      got.forEach((value, c) => {
        expect(Math.abs(value - expected[c])).toBeLessThan(3)
      })
    }
  })

  it('has grey edges of which the outer half shows', async () => {
    const image = await draw(scenarioOf({ tracks: [parked('car', [11, 0, 0], [2, 10, 6])] }))
    // The rear face spans 50..150 px; 4 px of edge, half of them outside.
    const grey = faded(boxEdge.rgb, 10)
    expect([47, 48, 49].map((x) => pixel(image, x, 60))).toEqual([[0, 0, 0], grey, grey])
    expect(pixel(image, 51, 60)).toEqual(faded(boxClasses[0].rear, 10))
  })

  it('vanishes when it fills the view or lies behind', async () => {
    expect(isBlack(await draw(scenarioOf({ tracks: [parked('truck', [10, 0, 0], [10, 40, 40])] })))).toBe(true)
    expect(isBlack(await draw(scenarioOf({ tracks: [parked('truck', [-10, 0, 0], [10, 4, 4])] })))).toBe(true)
    expect(isBlack(await draw(scenarioOf({ tracks: [parked('car', [0, 0, 0], [6, 6, 6])] })))).toBe(true)
  })

  it('is cut, not mirrored, where it reaches past the camera', async () => {
    const image = await draw(scenarioOf({ tracks: [parked('truck', [2, 3, 0], [12, 2, 2])] }))
    expect(isBlack(image)).toBe(false)
    for (let y = 0; y < 120; y += 1) for (let x = 105; x < 200; x += 1) expect(pixel(image, x, y)).toEqual([0, 0, 0])
  })

  it('moves along its track', async () => {
    const scenario = scenarioOf({ tracks: [trackOf('a', 'car', [20, 6, 0], [20, -6, 0], [2, 2, 2])] })
    const middle = async (at: number): Promise<number> => {
      const lit = runs(await draw(scenario, camera, at), 60)
      return (lit[0][0] + lit[lit.length - 1][1]) / 2
    }
    for (const [at, x] of [[0, 70], [250_000, 100], [500_000, 130]] as const) expect(Math.abs((await middle(at)) - x)).toBeLessThan(1) // prettier-ignore
  })
})

describe('lines', () => {
  /** 100 px a metre at 1 m; 800 px wide. */
  const wide = cameraOf({ kind: 'pinhole', fx: 100, fy: 100, cx: 400, cy: 60.5 }, 800, 120)

  it('is as many pixels wide as stated when upright, and less by the aspect when lying; less with depth', async () => {
    const upright = await draw(scenarioOf({ map: [line([10, 0, 4, 10, 0, -4])] }))
    const row = Array.from({ length: 200 }, (_, x) => pixel(upright, x, 60)[0]).reduce((a, b) => a + b) / faded([255, 0, 0], 10)[0]
    expect(row).toBeCloseTo(12 * 0.95, 0)
    const lying = await draw(scenarioOf({ map: [line([10, 6, 0, 10, -6, 0])] }))
    expect((litRows(lying, 100) * 255) / faded([255, 0, 0], 10)[0]).toBeCloseTo(12 * 0.95 * (120 / 200), 0)
    const far = await draw(scenarioOf({ map: [line([100, 0, 40, 100, 0, -40])] }))
    expect(Array.from({ length: 200 }, (_, x) => pixel(far, x, 60)[0]).reduce((a, b) => a + b) / 127.5).toBeCloseTo(6, 0)
  })

  it('ends in half an ellipse', async () => {
    // 640x320: a half width of 5.7 px across and 2.85 px up at 10 m.
    const halves = cameraOf({ kind: 'pinhole', fx: 300, fy: 300, cx: 320, cy: 160 }, 640, 320)
    const image = await draw(scenarioOf({ map: [line([10, 3, 0, 10, -3, 0])] }), halves)
    const [[from, to]] = runs(image, 160)
    // The line's ends are at 230 and 410.
    expect(230 - from).toBeCloseTo(5.7, -0.3)
    expect(to - 410).toBeCloseTo(5.7, -0.3)
    const coverage = (x: number): number =>
      Array.from({ length: 320 }, (_, y) => pixel(image, x, y)[0]).reduce((a, b) => a + b) / faded([255, 0, 0], 10)[0]
    for (const beyond of [1, 2, 3, 4])
      expect(Math.abs(coverage(409 + beyond) - 5.7 * Math.sqrt(1 - ((beyond - 0.5) / 5.7) ** 2))).toBeLessThan(0.6)
  })

  it.each([
    // One edge of 72 m: 1439 segments of 5.0035 cm; 60 on and 182 off, or 3 and 9 m.
    ['long-dashed', dd, 60 * (72 / 1439), 242 * (72 / 1439)],
    ['long-dashed', t25, 3, 12],
    ['short-dashed', dd, 18 * (72 / 1439), 72 * (72 / 1439)],
    // Whole segments only: 29 of them end within 1.5 m.
    ['short-dashed', t25, 29 * (72 / 1439), 3],
  ] as const)('%s dashes in the picture are as long as the pattern says (%#)', async (pattern, flavour, on, period) => {
    const image = await drawSolid(flavour, scenarioOf({ map: [line([10, 36, 0, 10, -36, 0], 'white', pattern)] }), wide)
    const found = runs(image, 60)
    // 10 px a metre; both round ends add 5.7 px. A short-dashed gap of 1.5 m leaves 15 - 11.4 px.
    expect(found.length).toBe(Math.floor((72 - on) / period) + 1)
    found.forEach(([from, to], i) => {
      if (i > 0 && i + 1 < found.length) {
        expect(Math.abs(to - from - (on * 10 + 11.4))).toBeLessThan(1.6)
        expect(Math.abs(from - (40 + i * period * 10 - 5.7))).toBeLessThan(1.6)
      }
    })
  })

  it('draws double lines 0.1 m to each side', async () => {
    const tele = cameraOf({ kind: 'pinhole', fx: 1000, fy: 1000, cx: 200, cy: -400 }, 400, 200)
    const image = await draw(scenarioOf({ map: [line([1, 0, -1.5, 8, 0, -1.5], 'yellow', 'double-solid')] }), tele)
    // Row 100 is 500 px below the axis: 3 m ahead, where 0.1 m is 33 px.
    const found = runs(image, 100)
    expect(found.map(([from, to]) => Math.round((from + to) / 2 / 2) * 2)).toEqual([166, 234])
  })

  it('paints the solid line of a double line on the side that the pattern says', async () => {
    const tele = cameraOf({ kind: 'pinhole', fx: 1000, fy: 1000, cx: 200, cy: -400 }, 400, 200)
    // 3 m ahead of the camera and 4 m along the line: in the gap of the dashes.
    const image = await draw(scenarioOf({ map: [line([-1, 0, -1.5, 8, 0, -1.5], 'yellow', 'solid-dashed')] }), tele)
    expect(runs(image, 100).map(([from, to]) => Math.round((from + to) / 2 / 2) * 2)).toEqual([166])
  })

  it('keeps a line that passes the camera, on its own side', async () => {
    const image = await draw(scenarioOf({ map: [line([-40, -2, -1.5, 40, -2, -1.5])] }))
    // Its middle 10 m ahead, and a disc or so nearer.
    expect(Math.abs(pixel(image, 120, 75)[0] - faded([255, 0, 0], 10)[0])).toBeLessThan(4)
    for (let y = 0; y < 120; y += 1) for (let x = 0; x < 95; x += 1) expect(pixel(image, x, y)).toEqual([0, 0, 0])
  })
})

describe('where the flavours differ', () => {
  it('concave crosswalks keep their shape, or become their hull', async () => {
    // In the ground plane: an L seen from above.
    const down = above(10)
    const ring = inCity(-4, -4, 0, 4, -4, 0, 4, -2, 0, -2, -2, 0, -2, 4, 0, -4, 4, 0)
    const scenario = scenarioOf({ map: [{ id: '1', kind: 'crosswalk', ring }] })
    const lit = async (flavour: typeof dd): Promise<number> =>
      (await drawSolid(flavour, scenario, down)).data.filter((value, i) => i % 3 === 2 && value > 100).length
    // L: 28 m2, hull: 28 + 18 m2, at 100 px2 each.
    expect(await lit(dd)).toBeGreaterThan(2700)
    expect(await lit(dd)).toBeLessThan(2900)
    expect(await lit(t25)).toBeGreaterThan(4500)
    expect(await lit(t25)).toBeLessThan(4700)
  })

  it('a line without stated paint is tan, or white', async () => {
    const unstated: LaneLine = { ...line([10, 5, 0, 10, -5, 0], 'other', 'other'), paints: [] }
    expect(pixel(await drawSolid(dd, scenarioOf({ map: [unstated] }), camera), 100, 60)).toEqual(faded([181, 164, 71], 10))
    expect(pixel(await drawSolid(t25, scenarioOf({ map: [unstated] }), camera), 100, 60)).toEqual(faded([255, 255, 255], 10))
  })

  it('paint per vertex: the first counts, or the most frequent', async () => {
    const [a, b] = [{ colour: 'white', pattern: 'solid' }, { colour: 'yellow', pattern: 'solid' }] as const // prettier-ignore
    const mixed: LaneLine = { ...line([10, 5, 0, 10, 0, 0, 10, -5, 0]), paints: [a, b, b] }
    expect(pixel(await drawSolid(dd, scenarioOf({ map: [mixed] }), camera), 100, 60)).toEqual(faded([255, 255, 255], 10))
    expect(pixel(await drawSolid(t25, scenarioOf({ map: [mixed] }), camera), 100, 60)).toEqual(faded([255, 255, 0], 10))
  })

  it('what lies more than 3 m below is left out, or drawn; a slope of less than 3 degrees stays', async () => {
    const below = scenarioOf({ map: [line([10, 0, -5, 60, 0, -5])] })
    expect(isBlack(await drawSolid(dd, below, camera))).toBe(true)
    expect(isBlack(await drawSolid(t25, below, camera))).toBe(false)
    expect(isBlack(await drawSolid(dd, scenarioOf({ map: [line([10, 0, -2.9, 60, 0, -2.9])] }), camera))).toBe(false)
    expect(isBlack(await drawSolid(dd, scenarioOf({ map: [line([70, 0, -3.5, 190, 0, -9])] }), camera))).toBe(false)
  })
})

describe('input that no road has', () => {
  const broken: [string, MapElement[]][] = [
    ['not numbers', [line([NaN, 0, 0, 20, NaN, 0, 30, 0, 0, 40, 0, 0]), line([10, Infinity, 0, 20, 0, 0])]],
    ['one point', [line([20, 0, 0]), line([])]],
    ['points in one place', [line([20, 0, 0, 20, 0, 0, 20, 0, 0])]],
    ['a line towards the camera', [line([5, 0, 0, 150, 0, 0], 'white', 'long-dashed')]],
    ['far away', [line([1e9, 1e9, 0, -1e9, 1e9, 0]), line([1e300, 0, 0, -1e300, 0, 0], 'yellow', 'dotted')]],
    ['a very long edge', [line([10, 0, 0, 90_000, 0, 0], 'white', 'dotted')]],
    ['rings', [
      { id: '1', kind: 'crosswalk', ring: inCity(10, 0, 0) },
      { id: '2', kind: 'crosswalk', ring: inCity(10, 0, 0, 12, 0, 0) },
      { id: '3', kind: 'crosswalk', ring: inCity(10, 0, 0, 12, 0, 0, 14, 0, 0, 16, 0, 0) },
      { id: '4', kind: 'crosswalk', ring: inCity(10, 0, 0, 14, 4, 0, 14, 0, 0, 10, 4, 0) },
      { id: '5', kind: 'road-marking', ring: inCity(10, 0, NaN, 14, 4, 0, 14, 0, 0) },
      { id: '6', kind: 'crosswalk', ring: inCity(10, 0, 0, 10, 0, 0, 10, 0, 0) },
      { id: '7', kind: 'crosswalk', ring: inCity(1e7, 0, 0, 0, 1e7, 0, -1e7, 0, 0) },
    ]], // prettier-ignore
    ['corners', [
      { id: '1', kind: 'traffic-sign', corners: inCity(10, 0, 0) },
      { id: '2', kind: 'traffic-light', corners: cuboid(NaN, 0, 0, 1, 1, 1) },
      { id: '3', kind: 'traffic-sign', corners: cuboid(10, 0, 0, 0, 0, 0) },
    ]], // prettier-ignore
  ]

  it.each(broken)('%s', async (_name, map) => {
    for (const flavour of [dd, t25]) {
      const image = await drawSolid(flavour, scenarioOf({ map }), camera)
      expect(image.data.length).toBe(200 * 120 * 3)
    }
  })

  it('boxes without size, of absurd size, or in no place', async () => {
    const tracks = [
      parked('car', [10, 0, 0], [0, 0, 0]),
      parked('car', [10, 0, 0], [NaN, 1, 1]),
      parked('car', [10, 0, 0], [1e12, 1, 1]),
      parked('car', [1e12, 0, 0], [4, 2, 2]),
    ]
    expect((await draw(scenarioOf({ tracks }))).data.length).toBe(200 * 120 * 3)
  })
})
