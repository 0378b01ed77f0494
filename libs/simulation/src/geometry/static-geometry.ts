import type { SimulatedDrive } from '../world/drive.ts'
import { addBackdrop, addBuilding } from './building-mesh.ts'
import { ChunkedMesh, packMeshes, type StaticGeometry } from './chunks.ts'
import { addLamp, addSign } from './furniture-mesh.ts'
import type { Mesh } from './mesh.ts'
import { pedestrianMesh } from './pedestrian.ts'
import { addTree } from './plant-mesh.ts'
import { buildStreet } from './street-mesh.ts'
import { vehicleMesh } from './vehicle.ts'

/** Everything of a drive that stands still, in chunks along the street; the last chunk is the land around. */
export function staticGeometry(drive: SimulatedDrive): StaticGeometry {
  const out = new ChunkedMesh()
  buildStreet(out, drive)
  for (const building of drive.furniture.buildings) addBuilding(out.at(building.s), building)
  for (const tree of drive.furniture.trees) addTree(out.at(tree.s), tree)
  for (const lamp of drive.furniture.lamps) addLamp(out.at(lamp.s), lamp)
  for (const sign of drive.furniture.signs) addSign(out.at(sign.s), sign)
  addBackdrop(out.at(1e6), drive.road.place(drive.ego.sAt(drive.seconds / 2), 0))
  return out.pack()
}

/** The shapes of actors, in the order of their chunks in `actorGeometry`. */
export const actorShapes = ['hatchback', 'saloon', 'suv', 'van', 'truck', 'pedestrian'] as const

/** One chunk per shape. */
export function actorGeometry(): StaticGeometry {
  return packMeshes(actorShapes.map((shape): Mesh => (shape === 'pedestrian' ? pedestrianMesh() : vehicleMesh(shape))))
}
