import { depthPicture, segPicture } from '@virga/conditions'
import { type LabelFrame, type RenderDevice, renderDepth, renderLabels } from '@virga/rendering'
import type { Camera, Micros, Scenario } from '@virga/scenario'
import type { ControlPass, RenderView } from '../control-pass.ts'

export type LabelControl = 'depth' | 'seg'

export interface LabelPassRequest {
  readonly scenario: Scenario
  readonly controls: readonly LabelControl[]
  readonly views: readonly RenderView[]
  /** Each view's camera as it sees the picture. */
  readonly cameras: readonly Camera[]
  readonly timesUs: readonly Micros[]
  openDevice(): Promise<RenderDevice>
}

/**
 * depth and seg from what the scenario says about each pixel: the road and its paint, poles, signs and boxes; depth from LiDAR too where there are
 * sweeps. Both come out of one drawing of the labels.
 */
export function labelPass(request: LabelPassRequest): ControlPass {
  const { scenario, controls, views, cameras, timesUs } = request
  const hasSweeps = controls.includes('depth') && scenario.sweeps.length > 0
  return {
    controls,
    made: Object.fromEntries(
      controls.map((control) => [
        control,
        control === 'seg' ? 'labels, palette cityscapes' : `labels${hasSweeps ? ' and LiDAR' : ''}, inverse depth 3 to 200 m`,
      ]),
    ),
    pictures: async function* ({ first, count }, active) {
      const device = await request.openDevice()
      for (const view of active) {
        const { width, height } = views[view]
        const labels = { camera: cameras[view], width, height, timesUs: timesUs.slice(first, first + count) }
        const frames: AsyncIterable<LabelFrame> = hasSweeps ? renderDepth(device, scenario, labels) : renderLabels(device, scenario, labels)
        for await (const frame of frames) {
          for (const control of controls) yield { view, control, image: control === 'depth' ? depthPicture(frame) : segPicture(frame) }
        }
      }
    },
  }
}
