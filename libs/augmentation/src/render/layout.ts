import { join } from 'node:path'
import type { Camera } from '@virga/scenario'
import { safeName } from '../request/safe-name.ts'

/**
 * Where videos go below the output folder. `virga`: <camera>/<control>.mp4, with chunks <camera>/<control>_000.mp4 on. `upstream`: as the
 * Cosmos-Drive-Dreams toolkit names them, <kind>/<lens>_<camera>/<clip>_<chunk>.mp4 with kind hdmap, lidar, world_scenario or the control's name
 * and lens ftheta or pinhole, so that scripts made for it find them.
 */
export const layouts = ['virga', 'upstream'] as const
export type Layout = (typeof layouts)[number]

export interface OutputPlace {
  readonly scenario: string
  readonly camera: Camera
  readonly control: string
  readonly style?: string
  /** Undefined: the video is not cut. */
  readonly chunk: number | undefined
}

/** The path of a video below the output folder. */
export function outputFile(layout: Layout, place: OutputPlace): string {
  const { scenario, camera, control, style, chunk } = place
  if (layout === 'virga') {
    const suffix = chunk === undefined ? '' : `_${String(chunk).padStart(3, '0')}`
    return join(safeName(camera.name), `${control}${suffix}.mp4`)
  }
  const kind = style?.startsWith('world-scenario') === true ? 'world_scenario' : control
  const lens = camera.model.kind === 'ftheta' ? 'ftheta' : 'pinhole'
  return join(kind, `${lens}_${safeName(camera.name)}`, `${safeName(scenario)}_${chunk ?? 0}.mp4`)
}

/** The path of a PNG of one frame of the grid. */
export function pngFile(camera: Camera, control: string, frame: number): string {
  return join(safeName(camera.name), control, `${String(frame).padStart(6, '0')}.png`)
}
