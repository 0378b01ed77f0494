import { type Shape, shapes } from '../world/traffic/shapes.ts'
import { busMesh } from './bus.ts'
import { carMesh } from './car.ts'
import { packMeshes, type StaticGeometry } from './chunks.ts'
import type { Mesh } from './mesh.ts'
import { pedestrianMesh } from './pedestrian.ts'
import { tractorTrailerMesh } from './tractor-trailer.ts'
import { bicycleMesh, motorcycleMesh } from './two-wheeler.ts'

/** The mesh of a shape: it fills its box, origin in the middle of its footprint on the ground, x forward, on z = 0. */
export function actorMesh(shape: Shape): Mesh {
  switch (shape) {
    case 'bus':
      return busMesh()
    case 'tractor-trailer':
      return tractorTrailerMesh()
    case 'motorcycle':
      return motorcycleMesh()
    case 'bicycle':
      return bicycleMesh()
    case 'pedestrian':
    case 'pedestrian-coat':
    case 'child':
      return pedestrianMesh(shape)
    default:
      return carMesh(shape)
  }
}

/** One chunk per shape, in the order of `shapes`. */
export function actorGeometry(): StaticGeometry {
  return packMeshes(shapes.map(actorMesh))
}
