import { shapeSizes } from '../world/traffic/shapes.ts'
import { type Finish, Mesh, type Point } from './mesh.ts'
import { glass, headlight, paint, plate, tailLight, trim, wheel, wheelArch } from './vehicle-parts.ts'

export type CarShape = 'hatchback' | 'saloon' | 'suv' | 'van' | 'truck'

/** A side profile in fractions of length (from the rear, 0..1) and height (0..1): belt line, cabin and bonnet. */
interface Profile {
  /** Height of sill, belt (lower edge of the windows) and bonnet/boot tops, metres over ground. */
  readonly sill: number
  readonly belt: number
  readonly hood: number
  readonly boot: number
  /** x of windscreen foot, roof front, roof rear, rear window foot; metres from the middle, positive forward. */
  readonly screenFoot: number
  readonly roofFront: number
  readonly roofRear: number
  readonly rearFoot: number
  readonly wheel: number
  readonly axles: readonly [number, number]
  /** Windows along the side end here (a van's load bay has none). */
  readonly windowsFrom?: number
}

const profiles: Record<CarShape, Profile> = {
  hatchback: {
    sill: 0.27,
    belt: 0.88,
    hood: 0.86,
    boot: 0.9,
    screenFoot: 0.95,
    roofFront: 0.28,
    roofRear: -1.45,
    rearFoot: -1.88,
    wheel: 0.31,
    axles: [1.25, -1.25],
  },
  saloon: {
    sill: 0.26,
    belt: 0.88,
    hood: 0.84,
    boot: 0.92,
    screenFoot: 0.95,
    roofFront: 0.25,
    roofRear: -1.0,
    rearFoot: -1.6,
    wheel: 0.32,
    axles: [1.4, -1.35],
  },
  suv: {
    sill: 0.34,
    belt: 1.02,
    hood: 1.0,
    boot: 1.02,
    screenFoot: 0.95,
    roofFront: 0.4,
    roofRear: -1.75,
    rearFoot: -2.1,
    wheel: 0.36,
    axles: [1.38, -1.35],
  },
  van: {
    sill: 0.36,
    belt: 1.25,
    hood: 1.15,
    boot: 1.25,
    screenFoot: 2.05,
    roofFront: 1.25,
    roofRear: -2.62,
    rearFoot: -2.68,
    wheel: 0.35,
    axles: [1.75, -1.65],
    windowsFrom: 0.55,
  },
  truck: {
    sill: 0.5,
    belt: 1.45,
    hood: 1.3,
    boot: 1.3,
    screenFoot: 3.55,
    roofFront: 3.3,
    roofRear: 1.9,
    rearFoot: 1.85,
    wheel: 0.45,
    axles: [2.6, -2.2],
    windowsFrom: 2.1,
  },
}

/** A car, van or box truck that fills its box: origin in the middle of its footprint on the ground, x forward, wheels on z = 0. */
export function carMesh(shape: CarShape): Mesh {
  const mesh = new Mesh()
  const [length, width, height] = shapeSizes[shape]
  const p = profiles[shape]
  const front = length / 2
  const rear = -length / 2
  const half = width / 2
  const body = half - 0.03
  const roof = half * (shape === 'truck' ? 0.95 : shape === 'van' ? 0.88 : 0.76)
  const truck = shape === 'truck'
  // Lower body: outline (x, z) from the rear bumper over boot, belt and bonnet to the front bumper.
  const back = truck ? 1.7 : rear
  const nose = 0.42 * (p.hood - p.sill) + p.sill
  const outline: readonly (readonly [number, number, number])[] = [
    [back + 0.03, p.sill, body * 0.93],
    [back, p.sill + 0.2, body * 0.96],
    [back + 0.02, p.boot - 0.12, body * 0.96],
    [back + 0.1, p.boot, body * 0.94],
    [p.rearFoot, p.belt, body],
    [p.screenFoot, p.belt, body],
    [front - 0.22, p.hood - 0.1, body * 0.94],
    [front - 0.02, nose, body * 0.9],
    [front, p.sill + 0.1, body * 0.88],
    [front - 0.05, p.sill, body * 0.86],
  ]
  for (let i = 0; i + 1 < outline.length; i++) {
    const [x0, z0, h0] = outline[i]
    const [x1, z1, h1] = outline[i + 1]
    mesh.quad(
      [
        [x0, h0, z0],
        [x0, -h0, z0],
        [x1, -h1, z1],
        [x1, h1, z1],
      ],
      paint,
    )
    for (const side of [1, -1]) {
      const corners: [Point, Point, Point, Point] = [
        [x0, side * h0, p.sill],
        [x0, side * h0, z0],
        [x1, side * h1, z1],
        [x1, side * h1, p.sill],
      ]
      mesh.quad(side > 0 ? corners : [corners[3], corners[2], corners[1], corners[0]], paint, undefined, [0.75, 1, 1, 0.75])
    }
  }
  // Dark underside skirt between the wheels, down to where the light does not reach.
  mesh.box([back + 0.15, -body + 0.12, 0.14], [front - 0.15, body - 0.12, p.sill + 0.02], trim)
  cabin(mesh, p, body, roof, height * (truck ? 0.84 : 1))
  if (truck) mesh.box([rear, -half, 0.75], [1.6, half, height], { ...paint, a: 0, colour: [0.82, 0.82, 0.8] })
  if (truck) mesh.box([rear + 0.2, -0.5, 0.5], [1.8, 0.5, 0.76], trim)
  for (const x of p.axles) {
    for (const side of [1, -1]) {
      wheel(mesh, x, side, half, p.wheel)
      if (!truck || x > back) wheelArch(mesh, x, side, body + 0.004, p.wheel * 1.18, p.wheel)
    }
  }
  lights(mesh, p, front, truck ? rear : back, body, truck)
  return mesh
}

/** Windscreen, side windows with pillars, rear window and roof. */
function cabin(mesh: Mesh, p: Profile, low: number, high: number, top: number): void {
  const z0 = p.belt - 0.005
  const inset = 0.03
  const l = low - inset
  const screen = (x0: number, x1: number, flip: boolean, finish: Finish, y: number, from: number, to: number): void => {
    // A part of the sloped screen between the fractions from..to of its height and |y| below the given share.
    const at = (f: number, side: number): Point => [x0 + (x1 - x0) * f, side * (l + (high - l) * f) * y, z0 + (top - z0) * f]
    const quad: [Point, Point, Point, Point] = [at(from, 1), at(from, -1), at(to, -1), at(to, 1)]
    mesh.quad(flip ? quad : [quad[1], quad[0], quad[3], quad[2]], finish)
  }
  for (const [foot, head, flip] of [
    [p.screenFoot, p.roofFront, false],
    [p.rearFoot, p.roofRear, true],
  ] as const) {
    const rearOfVan = flip && p.windowsFrom !== undefined
    screen(foot, head, flip, paint, 1, 0, 0.08)
    screen(foot, head, flip, rearOfVan ? paint : glass, 1, 0.08, 0.9)
    screen(foot, head, flip, paint, 1, 0.9, 1)
  }
  mesh.quad(
    [
      [p.roofRear, high, top],
      [p.roofRear, -high, top],
      [p.roofFront, -high, top],
      [p.roofFront, high, top],
    ],
    paint,
  )
  // Sides: columns from the rear to the front; pillars are paint, the rest glass.
  const at = (x: number, f: number, side: number): Point => {
    const rearEdge = p.rearFoot + (p.roofRear - p.rearFoot) * f
    const frontEdge = p.screenFoot + (p.roofFront - p.screenFoot) * f
    return [rearEdge + (frontEdge - rearEdge) * x, side * (l + (high - l) * f), z0 + (top - z0) * f]
  }
  const windowStart = p.windowsFrom === undefined ? 0.06 : (p.windowsFrom - p.rearFoot) / (p.screenFoot - p.rearFoot)
  const bays: readonly (readonly [number, number, Finish])[] = [
    [0, windowStart, paint],
    [windowStart, windowStart + (0.94 - windowStart) * 0.46, glass],
    [windowStart + (0.94 - windowStart) * 0.46, windowStart + (0.94 - windowStart) * 0.51, paint],
    [windowStart + (0.94 - windowStart) * 0.51, 0.94, glass],
    [0.94, 1, paint],
  ]
  for (const side of [1, -1]) {
    for (const [x0, x1, finish] of bays) {
      for (const [f0, f1, kind] of [
        [0, 0.08, paint],
        [0.08, 0.86, finish],
        [0.86, 1, paint],
      ] as const) {
        const quad: [Point, Point, Point, Point] = [at(x0, f0, side), at(x0, f1, side), at(x1, f1, side), at(x1, f0, side)]
        mesh.quad(side > 0 ? quad : [quad[3], quad[2], quad[1], quad[0]], kind)
      }
    }
  }
}

/** Lights as thin boxes that stand out of the bumpers, so that nothing fights for the same depth. */
function lights(mesh: Mesh, p: Profile, front: number, rear: number, body: number, truck: boolean): void {
  const z = p.sill + 0.62 * (p.hood - p.sill) - 0.05
  const rearZ = truck ? 0.8 : p.sill + 0.6 * (p.boot - p.sill)
  for (const side of [1, -1]) {
    const y = side * body * 0.66
    mesh.box([front - 0.16, y - 0.16, z - 0.07], [front - 0.012, y + 0.16, z + 0.07], headlight)
    mesh.box([rear - 0.004, y - 0.14, rearZ - 0.09], [rear + 0.1, y + 0.14, rearZ + 0.09], tailLight)
  }
  mesh.box([front - 0.1, -0.36, p.sill + 0.1], [front + 0.0, 0.36, p.sill + 0.24], trim)
  mesh.box([rear - 0.004, -0.25, rearZ - 0.2], [rear + 0.1, 0.25, rearZ - 0.09], plate)
}
