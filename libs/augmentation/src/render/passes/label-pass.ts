import { depthPicture, segPicture } from '@virga/conditions'
import { type RenderDevice, renderLabelGeometry } from '@virga/rendering'
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
 * depth and seg from what the scenario says about each pixel: the road and its paint, poles, signs and boxes; with sweeps also the depth of LiDAR
 * and, as buildings, the things that only LiDAR shows. Both come out of one drawing of the labels.
 */
export function labelPass(request: LabelPassRequest): ControlPass {
  const { scenario, controls, views, cameras, timesUs } = request
  const from = `labels${scenario.sweeps.length > 0 ? ' and LiDAR' : ''}`
  return {
    controls,
    made: Object.fromEntries(
      controls.map((control) => [control, control === 'seg' ? `${from}, palette cityscapes` : `${from}, inverse depth 3 to 200 m`]),
    ),
    pictures: async function* ({ first, count }, active) {
      const device = await request.openDevice()
      for (const view of active) {
        const { width, height } = views[view]
        const labels = { camera: cameras[view], width, height, timesUs: timesUs.slice(first, first + count) }
        for await (const frame of renderLabelGeometry(device, scenario, labels)) {
          for (const control of controls) yield { view, control, image: control === 'depth' ? depthPicture(frame) : segPicture(frame) }
        }
      }
    },
  }
}
