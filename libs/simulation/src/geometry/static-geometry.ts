import type { SimulatedDrive } from '../world/drive.ts'
import { addBuilding } from './building-mesh.ts'
import { ChunkedMesh, type StaticGeometry } from './chunks.ts'
import { addBarrier } from './barrier-mesh.ts'
import { addLamp } from './furniture-mesh.ts'
import { addProp } from './prop-mesh.ts'
import { Ribbons } from './ribbons.ts'
import { addSign } from './sign-mesh.ts'
import { addTree } from './plant-mesh.ts'
import { addLand } from './land-mesh.ts'
import { addSignal } from './signal-mesh.ts'
import { buildStreet, meshExtent } from './street-mesh.ts'

/** Everything of a drive that stands still, in chunks along the street; the last chunk is the land around. */
export function staticGeometry(drive: SimulatedDrive): StaticGeometry {
  const out = new ChunkedMesh()
  buildStreet(out, drive)
  for (const building of drive.furniture.buildings) addBuilding(out.at(building.s), building)
  for (const tree of drive.furniture.trees) addTree(out.at(tree.s), tree)
  for (const lamp of drive.furniture.lamps) addLamp(out.at(lamp.s), lamp)
  for (const sign of drive.furniture.signs) addSign(out.at(sign.s), sign)
  for (const signal of drive.furniture.signals) addSignal(out.at(signal.s), signal)
  const lay = new Ribbons(out, drive.road)
  for (const barrier of drive.furniture.barriers) addBarrier(lay, barrier)
  for (const prop of drive.furniture.props) addProp(out.at(prop.s), prop)
  addLand(out, drive, ...meshExtent(drive))
  return out.pack()
}
