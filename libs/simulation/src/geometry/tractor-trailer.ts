import { shapeSizes } from '../world/traffic/shapes.ts'
import { type Finish, Mesh } from './mesh.ts'
import { endPanel, sidePanel } from './solids.ts'
import { glass, headlight, hub, paint, plate, tailLight, trim, wheel } from './vehicle-parts.ts'

const canvas: Finish = { class: 'vehicle', material: 'matte', colour: [0.8, 0.8, 0.77] }
const doors: Finish = { class: 'vehicle', material: 'matte', colour: [0.66, 0.67, 0.68] }

/** A tractor with a box trailer, drawn as one body. */
export function tractorTrailerMesh(): Mesh {
  const mesh = new Mesh()
  const [length, width, height] = shapeSizes['tractor-trailer']
  const [front, rear, half] = [length / 2, -length / 2, width / 2]
  // The cab stands over the front axle: bumper, grille, windscreen, a wind deflector up to the trailer's height.
  const cab = half - 0.06
  const back = front - 2.2
  const [sill, belt, eave] = [0.45, 1.75, 2.75]
  for (const side of [1, -1]) {
    sidePanel(mesh, side, [back, front], [sill, belt], [cab, cab], paint)
    sidePanel(mesh, side, [back, back + 1.05], [belt, eave], [cab, cab - 0.05], paint)
    sidePanel(mesh, side, [back + 1.05, front - 0.18], [belt, eave], [cab, cab - 0.05], glass)
    sidePanel(mesh, side, [front - 0.18, front], [belt, eave], [cab, cab - 0.05], paint)
    sidePanel(mesh, side, [back, front - 0.5], [eave, height - 0.25], [cab - 0.05, cab - 0.2], paint)
  }
  endPanel(mesh, 1, [front, cab, sill], [front, cab, 0.95], trim)
  endPanel(mesh, 1, [front, cab, 0.95], [front, cab, belt - 0.1], paint)
  endPanel(mesh, 1, [front, cab, belt - 0.1], [front, cab, belt], trim)
  endPanel(mesh, 1, [front, cab, belt], [front - 0.12, cab - 0.05, eave], glass)
  endPanel(mesh, 1, [front - 0.12, cab - 0.05, eave], [front - 0.7, cab - 0.2, height - 0.25], paint)
  endPanel(mesh, -1, [back, cab, sill], [back, cab - 0.15, height - 0.25], paint)
  mesh.quad(
    [
      [back, -cab + 0.2, height - 0.25],
      [front - 0.7, -cab + 0.2, height - 0.25],
      [front - 0.7, cab - 0.2, height - 0.25],
      [back, cab - 0.2, height - 0.25],
    ],
    paint,
  )
  mesh.box([rear + 0.2, -half, 1.15], [back - 0.55, half, height], canvas)
  mesh.box([rear, -half + 0.02, 1.15], [rear + 0.2, half - 0.02, height - 0.02], doors)
  mesh.box([rear - 0.006, -0.02, 1.2], [rear, 0.02, height - 0.1], trim)
  mesh.box([rear + 0.3, -0.5, 0.75], [front - 0.5, 0.5, 1.16], trim)
  mesh.box([rear + 0.02, -half + 0.1, 0.5], [rear + 0.12, half - 0.1, 0.62], hub)
  for (const side of [1, -1]) {
    // Side guard between the axles.
    mesh.box([-1.9, side * (half - 0.1) - 0.02, 0.5], [2.2, side * (half - 0.1) + 0.02, 0.95], hub)
    for (const x of [front - 1.35, front - 4.4, -3.3, -4.6]) wheel(mesh, x, side, half, 0.5, 0.32)
    mesh.box([front - 0.1, side * cab * 0.8 - 0.2, 0.62], [front + 0.012, side * cab * 0.8 + 0.2, 0.82], headlight)
    mesh.box([rear - 0.012, side * half * 0.78 - 0.22, 0.78], [rear + 0.1, side * half * 0.78 + 0.22, 0.96], tailLight)
  }
  mesh.box([front - 0.1, -0.28, 0.5], [front + 0.014, 0.28, 0.62], plate)
  mesh.box([rear - 0.014, -0.28, 0.8], [rear + 0.1, 0.28, 0.93], plate)
  return mesh
}
