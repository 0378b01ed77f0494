import { shapeSizes } from '../world/traffic/shapes.ts'
import { type Finish, Mesh } from './mesh.ts'
import { endPanel, sidePanel } from './solids.ts'
import { glass, headlight, paint, plate, tailLight, trim, wheel, wheelArch } from './vehicle-parts.ts'

const board: Finish = { class: 'vehicle', material: 'matte', colour: [0.86, 0.6, 0.12] }
const roofWhite: Finish = { class: 'vehicle', material: 'car-paint', colour: [0.86, 0.86, 0.84] }

/** A city bus: a long band of windows, doors on the right, a large windscreen under a lit destination board. */
export function busMesh(): Mesh {
  const mesh = new Mesh()
  const [length, width, height] = shapeSizes.bus
  const [front, rear, half] = [length / 2, -length / 2, width / 2]
  const body = half - 0.02
  const roof = body - 0.12
  const [sill, belt, eave] = [0.3, 1.15, 2.45]
  for (const side of [1, -1]) {
    const wall = (x0: number, x1: number, z0: number, z1: number, finish: Finish): void => {
      sidePanel(mesh, side, [x0, x1], [z0, z1], [body, body], finish)
    }
    const doors: readonly (readonly [number, number])[] =
      side < 0
        ? [
            [4.2, 5.4],
            [-1.1, 0.3],
          ]
        : []
    // From the rear to the front: windows with pillars between; doors are glass down to the sill.
    let x = rear
    const stretch = (to: number): void => {
      const bays = Math.max(1, Math.round((to - x) / 1.5))
      const bay = (to - x) / bays
      for (let i = 0; i < bays; i++) {
        const from = x + i * bay
        wall(from, from + 0.09, belt, eave, paint)
        wall(from + 0.09, from + bay, belt, eave, glass)
      }
      wall(x, to, sill, belt, paint)
      x = to
    }
    for (const [from, to] of doors.toReversed()) {
      stretch(from)
      const middle = (from + to) / 2
      for (const [a, b] of [
        [from, middle],
        [middle, to],
      ] as const) {
        wall(a, a + 0.05, sill, eave, trim)
        wall(a + 0.05, b - 0.05, sill + 0.12, eave, glass)
        wall(a + 0.05, b - 0.05, sill, sill + 0.12, trim)
        wall(b - 0.05, b, sill, eave, trim)
      }
      x = to
    }
    stretch(front - 0.05)
    wall(front - 0.05, front, sill, eave, paint)
    sidePanel(mesh, side, [rear, front], [eave, height - 0.12], [body, body], paint)
    sidePanel(mesh, side, [rear, front], [height - 0.12, height], [body, roof], roofWhite)
    for (const axle of [3.1, -2.9]) {
      wheel(mesh, axle, side, half, 0.48, 0.3)
      wheelArch(mesh, axle, side, body + 0.004, 0.58, 0.48)
    }
  }
  endPanel(mesh, 1, [front, body, sill], [front, body, 0.95], paint)
  endPanel(mesh, 1, [front, body, 0.95], [front, body, 2.5], glass)
  endPanel(mesh, 1, [front, body, 2.5], [front, body, height - 0.12], trim)
  endPanel(mesh, 1, [front, body, height - 0.12], [front, roof, height], roofWhite)
  mesh.box([front - 0.1, -0.75, 2.56], [front + 0.01, 0.75, 2.84], board)
  endPanel(mesh, -1, [rear, body, sill], [rear, body, 1.5], paint)
  endPanel(mesh, -1, [rear, body * 0.86, 1.5], [rear, body * 0.86, 2.4], glass)
  for (const side of [1, -1]) mesh.box([rear, side * body * 0.93 - 0.09, 1.5], [rear + 0.05, side * body * 0.93 + 0.09, 2.4], paint)
  endPanel(mesh, -1, [rear, body, 2.4], [rear, body, height - 0.12], paint)
  endPanel(mesh, -1, [rear, body, height - 0.12], [rear, roof, height], roofWhite)
  mesh.quad(
    [
      [rear, -roof, height],
      [front, -roof, height],
      [front, roof, height],
      [rear, roof, height],
    ],
    roofWhite,
  )
  mesh.box([rear + 0.2, -body + 0.1, 0.16], [front - 0.2, body - 0.1, sill + 0.02], trim)
  for (const side of [1, -1]) {
    const y = side * body * 0.78
    mesh.box([front - 0.1, y - 0.18, 0.55], [front + 0.015, y + 0.18, 0.72], headlight)
    mesh.box([rear - 0.012, side * body * 0.86 - 0.1, 0.75], [rear + 0.1, side * body * 0.86 + 0.1, 1.15], tailLight)
  }
  mesh.box([front - 0.1, -0.28, 0.4], [front + 0.012, 0.28, 0.52], plate)
  mesh.box([rear - 0.012, -0.28, 0.6], [rear + 0.1, 0.28, 0.73], plate)
  return mesh
}
