import type { StaticGeometry } from '../geometry/chunks.ts'
import { vertexBytes } from '../geometry/mesh.ts'
import { actorGeometry } from '../geometry/actor-mesh.ts'
import { staticGeometry } from '../geometry/static-geometry.ts'
import { limbAngle } from '../geometry/walk-cycle.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import type { Actor, Placement } from '../world/traffic/actor.ts'
import { type Shape, shapes } from '../world/traffic/shapes.ts'

/** Triangles without an index, as rays meet them: the same that the pictures are drawn from. */
export interface Triangles {
  readonly count: number
  /** 9 metres per triangle: three corners, counter-clockwise seen from outside. */
  readonly corners: Float64Array
  /** Index into `materials`, one per triangle. */
  readonly material: Uint8Array
  /** Limb of each corner (0 = none), 3 per triangle; for people. */
  readonly limbs: Uint8Array
}

/** A run of triangles with its bounding sphere. */
export interface Patch {
  readonly first: number
  readonly count: number
  readonly centre: readonly [number, number, number]
  readonly radius: number
}

export interface Soup extends Triangles {
  readonly patches: readonly Patch[]
}

/** All that stands still in a drive. */
export function staticTriangles(drive: SimulatedDrive): Soup {
  return soupOf(staticGeometry(drive))
}

let actors: ReadonlyMap<Shape, Triangles> | undefined

/** The shapes of vehicles and people in their own frames. */
export function actorTriangles(shape: Shape): Triangles {
  if (actors === undefined) {
    const soup = soupOf(actorGeometry())
    actors = new Map(soup.patches.map(({ first, count }, i) => [shapes[i], part(soup, first, count)]))
  }
  return actors.get(shape) as Triangles
}

function soupOf({ vertices, indices, chunks }: StaticGeometry): Soup {
  const view = new DataView(vertices.buffer, vertices.byteOffset, vertices.byteLength)
  const corners = new Float64Array(indices.length * 3)
  const limbs = new Uint8Array(indices.length)
  const material = new Uint8Array(indices.length / 3)
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i] * vertexBytes
    for (let axis = 0; axis < 3; axis++) corners[3 * i + axis] = view.getFloat32(at + 4 * axis, true)
    limbs[i] = view.getInt8(at + 15)
    if (i % 3 === 0) material[i / 3] = view.getUint8(at + 29)
  }
  const patches = chunks.map(({ firstIndex, indexCount, centre, radius }) => ({
    first: firstIndex / 3,
    count: indexCount / 3,
    centre,
    radius,
  }))
  return { count: material.length, corners, material, limbs, patches }
}

function part({ corners, material, limbs }: Triangles, first: number, count: number): Triangles {
  return {
    count,
    corners: corners.slice(9 * first, 9 * (first + count)),
    material: material.slice(first, first + count),
    limbs: limbs.slice(3 * first, 3 * (first + count)),
  }
}

/** The triangles of an actor in the world at a moment, people in their step. */
export function placeActor(actor: Actor, at: Placement, seconds: number): Triangles {
  const shape = actorTriangles(actor.shape)
  const corners = new Float64Array(shape.corners.length)
  const [c, s] = [Math.cos(at.heading), Math.sin(at.heading)]
  const [cp, sp] = [Math.cos(at.pitch ?? 0), Math.sin(at.pitch ?? 0)]
  for (let i = 0; i < corners.length; i += 3) {
    let [x, z] = [shape.corners[i], shape.corners[i + 2]]
    const y = shape.corners[i + 1] * actor.scale
    const limb = shape.limbs[i / 3]
    if (limb > 0) {
      const { pivot, angle } = limbAngle(actor, limb, seconds)
      const [lc, ls] = [Math.cos(angle), Math.sin(angle)]
      ;[x, z] = [lc * x - ls * (z - pivot), pivot + ls * x + lc * (z - pivot)]
    }
    ;[x, z] = [actor.scale * (cp * x - sp * z), actor.scale * (sp * x + cp * z)]
    corners[i] = at.x + c * x - s * y
    corners[i + 1] = at.y + s * x + c * y
    corners[i + 2] = at.z + z
  }
  return { ...shape, corners }
}
