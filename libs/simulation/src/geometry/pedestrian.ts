import { surfaces, trouserColours } from '../materials/palettes.ts'
import { type Finish, Mesh, type Point } from './mesh.ts'

/** Vertex flags for the walk cycle: the shader turns these parts about hip or shoulder. */
export const limb = { none: 0, leftLeg: 32, rightLeg: 64, leftArm: 96, rightArm: 127 } as const

const coat: Finish = { class: 'pedestrian', material: 'matte', colour: [1, 1, 1], a: 1 }
const skin: Finish = { class: 'pedestrian', material: 'matte', colour: surfaces.skin }
const hair: Finish = { class: 'pedestrian', material: 'matte', colour: surfaces.hair }
const trousers: Finish = { class: 'pedestrian', material: 'matte', colour: trouserColours[0] }
const shoe: Finish = { class: 'pedestrian', material: 'matte', colour: [0.1, 0.1, 0.1] }

/** A person of 1.74 m that looks along x, feet on z = 0. */
export function pedestrianMesh(): Mesh {
  const mesh = new Mesh()
  // Torso: rings of eight corners, from hip to shoulder.
  tube(
    mesh,
    [
      [0.82, 0.12, 0.17],
      [1.0, 0.115, 0.16],
      [1.3, 0.14, 0.21],
      [1.46, 0.1, 0.2],
      [1.5, 0.05, 0.07],
    ],
    0,
    coat,
    limb.none,
  )
  tube(
    mesh,
    [
      [1.48, 0.055, 0.055],
      [1.53, 0.06, 0.06],
      [1.57, 0.09, 0.075],
      [1.64, 0.1, 0.082],
    ],
    0,
    skin,
    limb.none,
  )
  tube(
    mesh,
    [
      [1.63, 0.105, 0.086],
      [1.69, 0.1, 0.08],
      [1.74, 0.03, 0.03],
    ],
    0,
    hair,
    limb.none,
  )
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
      trousers,
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
  for (let r = 0; r + 1 < ids.length; r++) {
    for (let i = 0; i < corners; i++) {
      const [a, b] = [ids[r], ids[r + 1]]
      const j = (i + 1) % corners
      mesh.triangle(a[i], a[j], b[j])
      mesh.triangle(a[i], b[j], b[i])
    }
  }
}
