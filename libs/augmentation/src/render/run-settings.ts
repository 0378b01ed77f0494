import { rendererVersion } from '@virga/rendering'
import { digestOf } from '../digest/digest.ts'
import { cameraDigest } from '../request/camera-key.ts'
import type { RenderRunRequest } from './render-run.ts'
import type { RenderSettings } from './run-manifest.ts'
import { sourceStamp } from './source-stamp.ts'

/** Everything that decides the pixels of a run. */
export async function settingsOf(request: RenderRunRequest): Promise<RenderSettings> {
  const { scenario, views, passes, styles, grid, chunk, tail, layout, encoding, fit } = request
  return {
    source: await sourceStamp(scenario),
    renderer: rendererVersion,
    controls: passes.flatMap((pass) => pass.controls),
    cameras: views.map(({ camera, width, height }) => ({
      name: camera.name,
      model: camera.model.kind,
      digest: cameraDigest(camera),
      width,
      height,
    })),
    styles: { ...styles },
    fit,
    fps: grid.fps,
    startUs: grid.timesUs[0],
    frames: grid.timesUs.length,
    chunk: chunk ?? null,
    tail,
    layout,
    encoding: { codec: 'libx264', ...encoding, colour: 'BT.601 limited' },
    controlMap: request.controlMap === undefined ? null : digestOf(request.controlMap.spec),
    made: Object.assign({}, ...passes.map(({ made }) => made)) as Record<string, string>,
  }
}
