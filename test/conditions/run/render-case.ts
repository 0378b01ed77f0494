import {
  lidarV1Description,
  pointStyle,
  renderCondition,
  type RenderDevice,
  solidStyle,
  type Style,
  styleNamed,
  worldScenarioV3Description,
  worldScenarioV3T25Description,
} from '@virga/rendering'
import type { RgbImage, Scenario } from '@virga/scenario'
import type { Case } from '../corpus/corpus.ts'
import type { StyleName } from '../corpus/scene.ts'
import { drawReference } from '../reference/draw-reference.ts'
import { cameraOf, timeOf } from './open-scene.ts'

/** `own`: what the renderer takes by itself, which is typed arrays where WebGPU would run on the processor; `gpu`: WebGPU wherever a style has a form for it. */
export type Engine = 'own' | 'gpu'

const onGpu: Record<StyleName, () => Style> = {
  'hdmap-v1': () => styleNamed('hdmap-v1'),
  'lidar-v1': () => pointStyle(lidarV1Description, 'compute'),
  'world-scenario-v3': () => solidStyle(worldScenarioV3Description, 'gpu'),
  'world-scenario-v3-t25': () => solidStyle(worldScenarioV3T25Description, 'gpu'),
}

/** A case as the reference renderer draws it. */
export function referenceOf(scenario: Scenario, { shot, style }: Case): Promise<RgbImage> {
  return drawReference(scenario, { ...shot, style, camera: cameraOf(scenario, shot), timeUs: timeOf(scenario, shot.frame) })
}

/** A case as @virga/rendering draws it. */
export async function renderedOf(device: RenderDevice, scenario: Scenario, { shot, style: name }: Case, engine: Engine): Promise<RgbImage> {
  const style = engine === 'gpu' ? onGpu[name]() : name
  const { width, height, chain } = shot
  const request = { camera: cameraOf(scenario, shot), style, width, height, timesUs: [timeOf(scenario, shot.frame)] }
  for await (const image of renderCondition(device, scenario, chain === undefined ? request : { ...request, chain })) return image
  throw new Error('no picture came')
}
