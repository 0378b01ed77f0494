import { type Camera, type CameraModel, fthetaFromIntrinsics, type MapElement, type Scenario } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRenderDevice, type RenderDevice } from '../../src/index.ts'
import type { SolidDescription } from '../../src/solid/description.ts'
import { worldScenarioV3T25Description } from '../../src/styles/world-scenario-v3-t25.ts'
import { worldScenarioV3Description } from '../../src/styles/world-scenario-v3.ts'
import { cameraOf, inCity, scenarioOf, trackOf } from '../scenario.ts'
import { difference, drawSolid } from './draw.ts'
import { drawAsUpstream } from './upstream.ts'

/**
 * The engine against a literal float64 rendition of what upstream draws (upstream.ts), at 640x360. Both sides of the comparison take
 * their dash lengths, palette and order from the description; geometry, projection to triangles, filling are independent.
 *
 * Tolerance: of the pixels that are not black, the share that is off by more than 16 levels. What is left are single samples on outlines, and
 * depth within a line's width (see `discLead` in stroke-mesh.ts). Measured: 0.1 to 0.9 % per layer, 0.3 to 0.5 % for a street.
 */
const tolerance = 0.01
/** Also where lines end at the edge of a lens's field of view, which upstream's own samples decide. */
const lensTolerance = 0.015

const bw = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1]
const lenses: Record<string, CameraModel> = {
  'f-theta': scaled(fthetaFromIntrinsics(bw).model),
  pinhole: { kind: 'pinhole', fx: 330, fy: 325, cx: 318, cy: 185 },
  rational: {
    kind: 'opencv-rational',
    fx: 300,
    fy: 302,
    cx: 320,
    cy: 180,
    k: [0.1, 0.02, 0, 0.05, 0, 0],
    p1: 3e-4,
    p2: -2e-4,
  },
  'Kannala-Brandt': { kind: 'kannala-brandt', fx: 187, fy: 186, cx: 321, cy: 179, k: [-0.013, 0.006, -0.004, 0.0006] },
}

function scaled(model: CameraModel): CameraModel {
  if (model.kind !== 'ftheta') return model
  const s = 1 / 3
  return {
    ...model,
    cx: model.cx * s,
    cy: model.cy * s,
    angleToPixel: model.angleToPixel.map((p) => p * s),
    pixelToAngle: model.pixelToAngle.map((p, i) => p / s ** i),
  }
}

const camera = (lens: string): Camera => cameraOf(lenses[lens], 640, 360)

/** A line at a lateral offset that bends, with vertices every seven metres. */
function bend(offset: number, from = 2, to = 150): Float64Array {
  const points: number[] = []
  for (let x = from; x <= to; x += 7) points.push(x, offset + (x / 40) ** 2, -1.5 + x / 300)
  return inCity(...points)
}

const paints = [
  ['white', 'solid'],
  ['white', 'long-dashed'],
  ['white', 'short-dashed'],
  ['white', 'dot-dashed'],
  ['yellow', 'dotted'],
  ['yellow', 'double-solid'],
  ['yellow', 'solid-dashed'],
  ['yellow', 'dashed-solid'],
  ['yellow', 'double-dotted'],
  ['white', 'other'],
  ['blue', 'solid'],
] as const

const cuboid = (x: number, y: number, z: number): Float64Array => {
  const signs = [1, 1, 1, 1, -1, 1, -1, -1, 1, -1, 1, 1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1]
  const [l, w, h] = [0.3, 1, 0.8]
  return inCity(...signs.map((sign, i) => [x + (sign * l) / 2, y + (sign * w) / 2, z + (sign * h) / 2][i % 3]))
}

const layers: Record<string, Scenario> = {
  ...Object.fromEntries(
    paints.map(([colour, pattern]): [string, Scenario] => [
      `${colour} ${pattern} lane lines`,
      scenarioOf({
        map: [-5, -1.7, 1.7, 5].map((y): MapElement => ({ id: `${y}`, kind: 'lane-line', line: bend(y), colour, pattern })),
      }),
    ]),
  ),
  boundaries: scenarioOf({
    map: [-7, 7].map((y): MapElement => ({ id: `${y}`, kind: 'road-boundary', line: bend(y) })),
  }),
  'wait lines': scenarioOf({ map: [{ id: '1', kind: 'wait-line', line: inCity(9, -4, -1.5, 10, 5, -1.4) }] }),
  poles: scenarioOf({
    map: [8, 15, 40, 90].map((x): MapElement => ({ id: `${x}`, kind: 'pole', line: inCity(x, x / 4, -1.5, x, x / 4, 4) })),
  }),
  'crosswalks and markings': scenarioOf({
    map: [
      { id: '1', kind: 'crosswalk', ring: inCity(12, -6, -1.5, 15, -6, -1.5, 15, 6, -1.4, 12, 6, -1.4) },
      { id: '2', kind: 'road-marking', ring: inCity(7, -1, -1.5, 9, -1, -1.5, 9, 1, -1.5, 7, 1, -1.5) },
    ],
  }),
  'signs and lights': scenarioOf({
    map: [
      { id: '1', kind: 'traffic-sign', corners: cuboid(12, 4, 2) },
      { id: '2', kind: 'traffic-light', corners: cuboid(20, -4, 3) },
    ],
  }),
  'a street': scenarioOf({
    map: [
      ...paints.map(([colour, pattern], i): MapElement => ({ id: `${i}`, kind: 'lane-line', line: bend(3.4 * i - 17), colour, pattern })),
      ...[-21, 21].map((y): MapElement => ({ id: `b${y}`, kind: 'road-boundary', line: bend(y) })),
      { id: 'w', kind: 'wait-line', line: inCity(16, -4, -1.45, 16, 5, -1.45) },
    ],
    tracks: [
      trackOf('a', 'car', [14, -3, -0.7], [30, -3, -0.7], [4.5, 1.9, 1.6]),
      trackOf('b', 'truck', [25, 4, 0.3], [40, 4, 0.3], [9, 2.6, 3.6]),
      trackOf('c', 'pedestrian', [9, 2.5, -0.6], [9, 0, -0.6], [0.7, 0.7, 1.8]),
    ],
  }),
}

const flavours: Record<string, SolidDescription> = { dd: worldScenarioV3Description, t25: worldScenarioV3T25Description }

/** What the flavours draw differently is compared in both. */
const differing = ['white long-dashed lane lines', 'white short-dashed lane lines', 'boundaries', 'poles', 'a street']

const comparisons = Object.entries(flavours).flatMap(([name, { heightFilter: _off, ...description }]) =>
  Object.keys(layers)
    .filter((layer) => name === 'dd' || differing.includes(layer))
    .map((layer) => [name, layer, description] as const),
)

describe('against a literal rendition of upstream', () => {
  it.each(comparisons)('%s: %s, f-theta', async (_name, layer, description) => {
    const ours = await drawSolid(description, layers[layer], camera('f-theta'), 250_000)
    const { lit, litPixels } = difference(ours, drawAsUpstream(layers[layer], camera('f-theta'), 250_000, description))
    expect(litPixels).toBeGreaterThan(100)
    expect(lit).toBeLessThan(tolerance)
  })

  it.each(['pinhole', 'rational', 'Kannala-Brandt'])('a street, %s', async (lens) => {
    const { heightFilter: _off, ...description } = worldScenarioV3Description
    const ours = await drawSolid(description, layers['a street'], camera(lens), 250_000)
    expect(difference(ours, drawAsUpstream(layers['a street'], camera(lens), 250_000, description)).lit).toBeLessThan(lensTolerance)
  })
})

describe('on a device', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(Object.keys(lenses))('draws what typed arrays do, but for single samples on outlines: %s', async (lens) => {
    const ours = await drawSolid(worldScenarioV3Description, layers['a street'], camera(lens), 250_000)
    const theirs = await drawSolid(worldScenarioV3Description, layers['a street'], camera(lens), 250_000, device)
    expect(difference(ours, theirs).lit).toBeLessThan(0.005)
  })
})
