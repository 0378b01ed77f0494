import { type Scenario, scaleCamera } from '@virga/scenario'
import type { RenderDevice } from '../../device/render-device.ts'
import type { LabelFrame, LabelRequest } from '../label-frame.ts'
import { renderLabels } from '../render-labels.ts'
import { densify } from './densify.ts'
import { seenPoints } from './seen-points.ts'
import { SparseDepthSource } from './sparse-depth.ts'

/**
 * Labels whose depth is that of LiDAR where LiDAR is: accumulated sweeps (the nearest and two to each side, within 0.35 s), without what the
 * camera cannot see, joined with the labels' own depth by `densify`. Frames without sweeps have the labels' depth.
 *
 * @throws as `renderLabels`, and what reading a sweep throws
 */
export async function* renderDepth(
  device: RenderDevice,
  scenario: Scenario,
  request: LabelRequest,
): AsyncGenerator<LabelFrame, void, undefined> {
  const { width, height } = request
  const source = new SparseDepthSource(scenario, scaleCamera(request.camera, width, height))
  try {
    for await (const labels of renderLabels(device, scenario, request)) {
      const points = await source.at(labels.timeUs)
      yield points.pixels.length === 0 ? labels : { ...labels, depth: densify(labels, seenPoints(points, { width, height })) }
    }
  } finally {
    source.close()
  }
}
