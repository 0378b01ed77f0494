import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRdsHq, writeRdsHq } from '@virga/formats'
import type { Camera, Scenario } from '@virga/scenario'
import { otherModels } from '../corpus/build/rig.ts'
import type { Scene, Shot } from '../corpus/scene.ts'

/** A scene as a log has it: written as an RDS-HQ clip and read back. `close` removes the clip. */
export async function openScene(scene: Scene): Promise<{ scenario: Scenario; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `virga-conformance-${scene.name}-`))
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await writeRdsHq(scene.drive, folder, { images: {} })
    return { scenario: await openRdsHq(folder), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The camera that a shot looks through. */
export function cameraOf(scenario: Scenario, { camera: name, model }: Pick<Shot, 'camera' | 'model'>): Camera {
  const camera = scenario.rig.cameras.find((one) => one.name === name)
  if (camera === undefined) throw new Error(`the clip has no camera ${name}`)
  return model === undefined ? camera : { ...camera, model: otherModels[model] }
}

/** The moment of a frame of a clip, counted at 30 Hz. */
export const timeOf = (scenario: Scenario, frame: number): number => scenario.startUs + Math.round((frame * 1e6) / 30)
