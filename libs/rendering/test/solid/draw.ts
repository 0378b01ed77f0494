/// <reference types="@webgpu/types" />
import type { Camera, RgbImage, Scenario } from '@virga/scenario'
import type { RenderDevice } from '../../src/index.ts'
import type { SolidDescription } from '../../src/solid/description.ts'
import { solidStyle } from '../../src/solid/solid-style.ts'

/** One frame, drawn in typed arrays, or on a device if there is one. */
export async function drawSolid(
  description: SolidDescription,
  scenario: Scenario,
  camera: Camera,
  timeUs = 0,
  device?: RenderDevice,
): Promise<RgbImage> {
  const condition = solidStyle(description, device === undefined ? 'arrays' : 'gpu').open(device?.gpu, scenario, camera)
  const drawn = await condition.draw(timeUs)
  const image = 'data' in drawn ? drawn : await (device as RenderDevice).readback.readRgb(drawn as GPUTexture)
  condition.dispose()
  return image
}

/** Shares of pixels of which a channel differs by more than `levels`: of all, and of those that are not black in both. */
export function difference(ours: RgbImage, theirs: RgbImage, levels = 16): { all: number; lit: number; litPixels: number } {
  let differing = 0
  let lit = 0
  for (let i = 0; i < ours.data.length; i += 3) {
    let most = 0
    let light = 0
    for (let c = i; c < i + 3; c += 1) {
      most = Math.max(most, Math.abs(ours.data[c] - theirs.data[c]))
      light = Math.max(light, ours.data[c], theirs.data[c])
    }
    if (light > 0) lit += 1
    if (most > levels) differing += 1
  }
  return { all: differing / (ours.width * ours.height), lit: lit === 0 ? 0 : differing / lit, litPixels: lit }
}
