import { surfaces, trouserColours } from '../materials/palettes.ts'
import type { PersonShape } from '../world/traffic/shapes.ts'
import { type Finish, Mesh, type Point } from './mesh.ts'
import { joinRings } from './solids.ts'

/** Vertex flags for the walk cycle: the shader turns these parts about hip or shoulder. */
export const limb = { none: 0, leftLeg: 32, rightLeg: 64, leftArm: 96, rightArm: 127 } as const

const coat: Finish = { class: 'pedestrian', material: 'matte', colour: [1, 1, 1], a: 1 }
const skin: Finish = { class: 'pedestrian', material: 'matte', colour: surfaces.skin }
const hair: Finish = { class: 'pedestrian', material: 'matte', colour: surfaces.hair }
const trousers: Finish = { class: 'pedestrian', material: 'matte', colour: trouserColours[0] }
const shoe: Finish = { class: 'pedestrian', material: 'matte', colour: [0.1, 0.1, 0.1] }

/** How a person differs from the plain adult; measures in metres of a body of 1.74 m, which the instance scales. */
interface Build {
  /** Rings of the coat: height, half depth, half width. */
  readonly torso: readonly (readonly [number, number, number])[]
  /** Factor on the head's width, and how far down the chin sits. */
  readonly head: number
  readonly longHair: boolean
  readonly trousers: Finish
  readonly bag?: Finish
}

const shoulders = [
  [1.3, 0.14, 0.21],
  [1.46, 0.1, 0.2],
  [1.5, 0.05, 0.07],
] as const

const builds: Record<PersonShape, Build> = {
  pedestrian: { torso: [[0.82, 0.12, 0.17], [1.0, 0.115, 0.16], ...shoulders], head: 1, longHair: false, trousers },
  'pedestrian-coat': {
    torso: [[0.46, 0.2, 0.235], [0.8, 0.15, 0.19], [1.05, 0.115, 0.15], ...shoulders],
    head: 1,
    longHair: true,
    trousers: { ...trousers, colour: trouserColours[1] },
    bag: { class: 'pedestrian', material: 'matte', colour: [0.3, 0.2, 0.14] },
  },
  child: {
    torso: [
      [0.78, 0.14, 0.18],
      [1.0, 0.15, 0.18],
      [1.25, 0.14, 0.19],
      [1.38, 0.1, 0.17],
      [1.42, 0.05, 0.07],
    ],
    head: 1.3,
    longHair: false,
    trousers: { ...trousers, colour: [0.3, 0.33, 0.4] },
    bag: { class: 'pedestrian', material: 'matte', colour: [0.75, 0.3, 0.12] },
  },
}

/** A person of 1.74 m that looks along x, feet on z = 0. */
export function pedestrianMesh(shape: PersonShape): Mesh {
  const mesh = new Mesh()
  const { torso, head: h, longHair, trousers: legs, bag } = builds[shape]
  tube(mesh, torso, 0, coat, limb.none)
  const chin = 1.64 - 0.11 * h
  tube(
    mesh,
    [
      [chin - 0.06, 0.055, 0.055],
      [chin, 0.06 * h, 0.06 * h],
      [chin + 0.04 * h, 0.09 * h, 0.075 * h],
      [1.64, 0.1 * h, 0.082 * h],
    ],
    0,
    skin,
    limb.none,
  )
  tube(
    mesh,
    [
      [1.63, 0.105 * h, 0.086 * h],
      [1.69, 0.1 * h, 0.08 * h],
      [1.74, 0.03, 0.03],
    ],
    0,
    hair,
    limb.none,
  )
  if (longHair) mesh.box([-0.115, -0.085, 1.4], [-0.03, 0.085, 1.68], hair)
  if (bag !== undefined && shape === 'child') mesh.box([-0.27, -0.16, 0.98], [-0.11, 0.16, 1.38], bag)
  else if (bag !== undefined) mesh.box([-0.12, -0.299, 0.72], [0.14, -0.21, 0.98], bag)
  for (const side of [1, -1]) {
    const leg = side > 0 ? limb.leftLeg : limb.rightLeg
    const arm = side > 0 ? limb.rightArm : limb.leftArm
    tube(
      mesh,
      [
        [0.07, 0.055, 0.05],
        [0.45, 0.07, 0.06],
        [0.88, 0.1, 0.085],
      ],
      side * 0.09,
      legs,
      leg,
    )
    mesh.box([-0.09, side * 0.09 - 0.05, 0], [0.17, side * 0.09 + 0.05, 0.09], shoe, leg)
    tube(
      mesh,
      [
        [0.8, 0.04, 0.035],
        [1.1, 0.05, 0.045],
        [1.44, 0.06, 0.05],
      ],
      side * 0.245,
      coat,
      arm,
    )
  }
  return mesh
}

/** Rings of (z, half depth along x, half width along y) around y = centre. */
function tube(mesh: Mesh, rings: readonly (readonly [number, number, number])[], centre: number, finish: Finish, flag: number): void {
  const corners = 6
  const ids = rings.map(([z, a, b]) =>
    Array.from({ length: corners }, (_, i) => {
      const angle = (2 * Math.PI * i) / corners
      const p: Point = [a * Math.cos(angle), centre + b * Math.sin(angle), z]
      return mesh.vertex(p, [Math.cos(angle), Math.sin(angle), 0], finish, [p[0], z], 1, flag)
    }),
  )
  for (let r = 0; r + 1 < ids.length; r++) joinRings(mesh, ids[r], ids[r + 1])
}
