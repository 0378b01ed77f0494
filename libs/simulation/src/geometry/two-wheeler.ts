import { surfaces } from '../materials/palettes.ts'
import { shapeSizes } from '../world/traffic/shapes.ts'
import { type Finish, Mesh, type Point } from './mesh.ts'
import { bar, ellipsoid, joinRings } from './solids.ts'
import { glass, headlight, hub, paint, plate, rubber, tailLight, trim } from './vehicle-parts.ts'

const cloth: Finish = { class: 'vehicle', material: 'matte', colour: [1, 1, 1], a: 1 }
const leather: Finish = { class: 'vehicle', material: 'matte', colour: [0.15, 0.15, 0.17] }
const jeans: Finish = { class: 'vehicle', material: 'matte', colour: [0.2, 0.23, 0.31] }
const skin: Finish = { class: 'vehicle', material: 'matte', colour: surfaces.skin }
const shoe: Finish = { class: 'vehicle', material: 'matte', colour: [0.1, 0.1, 0.1] }
const helmetWhite: Finish = { class: 'vehicle', material: 'car-paint', colour: [0.82, 0.82, 0.8] }

/** A tyre about an axle, and spokes or a disc (a share of the radius) within. */
function ringWheel(mesh: Mesh, x: number, radius: number, tyre: number, disc: number): void {
  const segments = 14
  const r = radius - tyre
  // The first corner looks down: the tyre touches the ground.
  const round = (i: number): [number, number] => [Math.sin((2 * Math.PI * i) / segments), -Math.cos((2 * Math.PI * i) / segments)]
  const at = (i: number, out = r): Point => [x + out * round(i)[0], 0, radius + out * round(i)[1]]
  const rings = Array.from({ length: segments + 1 }, (_, i) =>
    Array.from({ length: 6 }, (__, k) => {
      const [c, y] = [Math.cos((Math.PI * k) / 3), Math.sin((Math.PI * k) / 3)]
      const [px, , pz] = at(i, r + tyre * c)
      return mesh.vertex([px, tyre * y, pz], [c * round(i)[0], y, c * round(i)[1]], rubber, [px, pz])
    }),
  )
  for (let i = 0; i < segments; i++) joinRings(mesh, rings[i], rings[i + 1])
  if (disc > 0) {
    for (const side of [1, -1]) {
      for (let i = 0; i < segments; i += 2) {
        const hubAt: Point = [x, side * tyre * 0.5, radius]
        const p = [0, 1, 2].map((k): Point => {
          const [px, , pz] = at(i + k)
          return [x + (px - x) * disc, side * tyre * 0.4, radius + (pz - radius) * disc]
        })
        const quad: [Point, Point, Point, Point] = [hubAt, p[0], p[1], p[2]]
        mesh.quad(side < 0 ? quad : [quad[3], quad[2], quad[1], quad[0]], hub)
      }
    }
    return
  }
  for (let i = 0; i < segments; i += 2) bar(mesh, [x, 0, radius], at(i), [0.006, 0.004], hub, 3)
}

/** Joints of a rider's left side, metres; the right side mirrors them. */
interface Rider {
  readonly hip: Point
  readonly knee: Point
  readonly foot: Point
  readonly shoulder: Point
  readonly elbow: Point
  readonly hand: Point
  readonly head: Point
}

function rider(mesh: Mesh, j: Rider, coat: Finish, legs: Finish, other?: Pick<Rider, 'knee' | 'foot'>): void {
  const mirror = ([x, y, z]: Point, side: number): Point => [x, side * y, z]
  const [hipX, , hipZ] = j.hip
  const [chestX, , chestZ] = j.shoulder
  const torso = (share: number): Point => [hipX + (chestX - hipX) * share, 0, hipZ + (chestZ - hipZ) * share]
  bar(mesh, torso(-0.12), torso(0.35), [0.16, 0.15], coat, 8)
  bar(mesh, torso(0.35), torso(0.8), [0.15, 0.19], coat, 8)
  bar(mesh, torso(0.8), torso(1.12), [0.19, 0.07], coat, 8)
  bar(mesh, torso(1.05), [j.head[0], 0, j.head[2] - 0.08], [0.06, 0.06], skin)
  for (const side of [1, -1]) {
    const { knee, foot } = side < 0 && other !== undefined ? other : j
    bar(mesh, mirror(j.hip, side), mirror(knee, side), [0.095, 0.07], legs)
    bar(mesh, mirror(knee, side), mirror(foot, side), [0.068, 0.05], legs)
    const [fx, fy, fz] = mirror(foot, side)
    mesh.box([fx - 0.07, fy - 0.045, fz - 0.06], [fx + 0.17, fy + 0.045, fz + 0.03], shoe)
    bar(mesh, mirror(j.shoulder, side), mirror(j.elbow, side), [0.062, 0.052], coat)
    bar(mesh, mirror(j.elbow, side), mirror(j.hand, side), [0.05, 0.04], coat)
    ellipsoid(mesh, mirror(j.hand, side), [0.05, 0.045, 0.045], skin, 5)
  }
}

/** A motorcycle with its rider in dark clothes and a helmet of the machine's colour. */
export function motorcycleMesh(): Mesh {
  const mesh = new Mesh()
  const [length, width, height] = shapeSizes.motorcycle
  const radius = 0.32
  const [frontAxle, rearAxle] = [length / 2 - radius, -length / 2 + radius]
  ringWheel(mesh, frontAxle, radius, 0.06, 0.6)
  ringWheel(mesh, rearAxle, radius, 0.075, 0.6)
  for (const side of [1, -1]) {
    bar(mesh, [frontAxle, side * 0.09, radius], [0.42, side * 0.09, 0.98], [0.03, 0.03], hub)
    bar(mesh, [rearAxle, side * 0.1, radius], [-0.15, side * 0.1, 0.42], [0.03, 0.04], trim)
    bar(mesh, [0.4, side * 0.1, 1.02], [0.32, side * (width / 2), 1.05], [0.018, 0.018], trim, 5)
  }
  // Engine, tank, seat and tail, front and rear mudguards.
  mesh.box([-0.28, -0.16, 0.26], [0.3, 0.16, 0.6], trim)
  ellipsoid(mesh, [0.14, 0, 0.83], [0.34, 0.17, 0.16], paint)
  bar(mesh, [0.36, 0, 0.86], [-0.25, 0, 0.62], [0.09, 0.12], paint)
  ellipsoid(mesh, [-0.36, 0, 0.79], [0.36, 0.15, 0.07], leather)
  bar(mesh, [-0.3, 0, 0.72], [-0.95, 0, 0.8], [0.13, 0.07], paint)
  bar(mesh, [-0.15, -0.19, 0.35], [-0.95, -0.21, 0.42], [0.05, 0.065], hub)
  ellipsoid(mesh, [frontAxle - 0.03, 0, 0.62], [0.26, 0.075, 0.07], paint)
  ellipsoid(mesh, [0.5, 0, 0.95], [0.12, 0.13, 0.13], paint)
  mesh.box([0.55, -0.09, 0.87], [0.63, 0.09, 1.01], headlight)
  mesh.box([-0.98, -0.09, 0.78], [-0.9, 0.09, 0.86], tailLight)
  mesh.box([-0.97, -0.1, 0.58], [-0.94, 0.1, 0.72], plate)
  rider(
    mesh,
    {
      hip: [-0.28, 0.12, 0.88],
      knee: [0.18, 0.24, 0.74],
      foot: [-0.14, 0.22, 0.36],
      shoulder: [0.02, 0.2, 1.32],
      elbow: [0.18, 0.32, 1.12],
      hand: [0.34, 0.33, 1.06],
      head: [0.1, 0, 1.5],
    },
    leather,
    leather,
  )
  ellipsoid(mesh, [0.1, 0, height - 0.15], [0.155, 0.13, 0.15], paint)
  mesh.box([0.14, -0.1, height - 0.19], [0.255, 0.1, height - 0.09], glass)
  return mesh
}

/** A bicycle with its rider; the coat takes the instance's colour. */
export function bicycleMesh(): Mesh {
  const mesh = new Mesh()
  const [length, width, height] = shapeSizes.bicycle
  const radius = 0.34
  const [front, rear] = [length / 2 - radius, -length / 2 + radius]
  ringWheel(mesh, front, radius, 0.022, 0)
  ringWheel(mesh, rear, radius, 0.022, 0)
  const crank: Point = [-0.08, 0, 0.3]
  const seat: Point = [-0.24, 0, 0.84]
  const stem: Point = [0.33, 0, 0.86]
  const tube = (a: Point, b: Point): void => {
    bar(mesh, a, b, [0.024, 0.024], trim, 5)
  }
  tube(crank, seat)
  tube(seat, stem)
  tube(crank, stem)
  tube(crank, [rear, 0, radius])
  tube([rear, 0, radius], seat)
  tube([front, 0, radius], [0.31, 0, 0.98])
  for (const side of [1, -1]) bar(mesh, [0.31, 0, 1.02], [0.24, side * (width / 2), 1.04], [0.016, 0.016], trim, 5)
  ellipsoid(mesh, [-0.26, 0, 0.93], [0.14, 0.08, 0.035], leather, 6)
  mesh.box([rear - 0.2, -0.06, 0.72], [rear - 0.17, 0.06, 0.8], tailLight)
  mesh.box([0.36, -0.045, 0.9], [0.42, 0.045, 0.99], headlight)
  rider(
    mesh,
    {
      hip: [-0.25, 0.1, 0.99],
      knee: [0.14, 0.12, 0.86],
      foot: [-0.02, 0.12, 0.47],
      shoulder: [-0.02, 0.19, 1.42],
      elbow: [0.1, 0.26, 1.2],
      hand: [0.25, 0.25, 1.06],
      head: [0.06, 0, 1.6],
    },
    cloth,
    jeans,
    { knee: [0.03, 0.12, 0.66], foot: [-0.08, 0.12, 0.19] },
  )
  ellipsoid(mesh, [0.06, 0, 1.61], [0.1, 0.08, 0.11], skin)
  ellipsoid(mesh, [0.04, 0, height - 0.09], [0.14, 0.1, 0.09], helmetWhite)
  return mesh
}
