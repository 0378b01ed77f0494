import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RenderDevice } from '@virga/rendering'
import { DriveRenderer } from '../render/drive-renderer.ts'
import { segClasses } from '../materials/classes.ts'
import { lookName, surfaceOf } from '../weather/looks.ts'
import { promptsFor } from '../weather/prompts.ts'
import { simulationVersion } from '../version.ts'
import { simulateDrive } from '../world/drive.ts'
import { NpyWriter, toFloat16Bytes } from './npy.ts'
import { type ScenePlan, setFps, setHeight, setWidth, sourceLook } from './plan.ts'
import { writeConditions } from './write-conditions.ts'

/** Where a scene lies, below the set's root. */
export function scenePath(root: string, plan: ScenePlan): string {
  return join(root, plan.split, plan.seed.toString().padStart(6, '0'))
}

/**
 * Renders one scene into a temporary folder and renames it when it is complete.
 *
 * @returns CPU seconds of the pictures and of the conditions
 */
export async function writeScene(device: RenderDevice, root: string, plan: ScenePlan): Promise<{ pictures: number; conditions: number }> {
  const started = process.cpuUsage()
  const final = scenePath(root, plan)
  const folder = `${final}.part-${process.pid}`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const drive = simulateDrive({ seed: plan.seed, seconds: (plan.frames + 0.5) / setFps, fps: setFps })
  const [camera] = drive.scenario.rig.cameras
  const renderer = await DriveRenderer.open(device, drive, camera, { width: setWidth, height: setHeight, supersample: 2 })
  const shape = [plan.frames, setHeight, setWidth] as const
  const rgb = await Promise.all(
    plan.looks.map((look) => NpyWriter.open(join(folder, `rgb_${look.weather}_${look.lighting}.npy`), 'uint8', [...shape, 3])),
  )
  const depth = await NpyWriter.open(join(folder, 'depth.npy'), 'float16', [...shape])
  const seg = await NpyWriter.open(join(folder, 'seg.npy'), 'uint8', [...shape])
  try {
    // One frame is drawn while the one before is read back and written.
    let next = renderer.frame(0, plan.looks)
    for (let frame = 0; frame < plan.frames; frame++) {
      const current = next
      if (frame + 1 < plan.frames) next = renderer.frame(frame + 1, plan.looks)
      const rendered = await current
      for (const [i, image] of rendered.images.entries()) await rgb[i].write(image.data)
      await depth.write(toFloat16Bytes(rendered.depth))
      await seg.write(rendered.seg)
    }
  } finally {
    for (const writer of [...rgb, depth, seg]) await writer.close()
    renderer.dispose()
  }
  const pictures = secondsSince(started)
  await writeConditions(device, folder, plan)
  const conditions = secondsSince(started) - pictures
  const description = {
    version: simulationVersion,
    seed: plan.seed,
    frames: plan.frames,
    fps: setFps,
    width: setWidth,
    height: setHeight,
    segClasses,
    looks: plan.looks.map((look) => ({ name: lookName(look), ...look, surface: surfaceOf(look), prompts: promptsFor(look, drive) })),
    source: lookName(sourceLook),
  }
  await writeFile(join(folder, 'scene.json'), `${JSON.stringify(description, null, 1)}\n`)
  await replaceFolder(folder, final)
  return { pictures, conditions }
}

function secondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6
}

/** Whether the scene is there, made by this version of the simulation. */
export function isCurrent(root: string, plan: ScenePlan): boolean {
  const path = join(scenePath(root, plan), 'scene.json')
  if (!existsSync(path)) return false
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: number }
  return version === simulationVersion
}

/** Renames a finished folder to its final name; an older one under that name goes away. */
async function replaceFolder(folder: string, final: string): Promise<void> {
  const old = `${final}.old-${process.pid}`
  if (existsSync(final)) await rename(final, old)
  await rename(folder, final)
  await rm(old, { recursive: true, force: true })
}
