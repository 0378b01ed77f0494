import { renderCondition, type RenderDevice } from '@virga/rendering'
import type { RgbImage, Scenario } from '@virga/scenario'
import type { Case } from '../corpus/corpus.ts'
import { drawReference } from '../reference/draw-reference.ts'
import { cameraOf, timeOf } from './open-scene.ts'

/** A case as the reference renderer draws it. */
export function referenceOf(scenario: Scenario, { shot, style }: Case): Promise<RgbImage> {
  return drawReference(scenario, { ...shot, style, camera: cameraOf(scenario, shot), timeUs: timeOf(scenario, shot.frame) })
}

/** A case as @virga/rendering draws it. */
export async function renderedOf(device: RenderDevice, scenario: Scenario, { shot, style }: Case): Promise<RgbImage> {
  const { width, height, chain } = shot
  const request = { camera: cameraOf(scenario, shot), style, width, height, timesUs: [timeOf(scenario, shot.frame)] }
  for await (const image of renderCondition(device, scenario, chain === undefined ? request : { ...request, chain })) return image
  throw new Error('no picture came')
}
