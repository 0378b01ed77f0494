import { resizeControl } from '@virga/conditions'
import type { Control } from '../controls.ts'
import type { ControlPass, RenderView } from '../control-pass.ts'
import type { FrameSource } from '../frame-source.ts'

/** A control that is a video of the user's own, brought to the size of the others. */
export function givenPass(control: Control, views: readonly RenderView[], sources: readonly FrameSource[]): ControlPass {
  return {
    controls: [control],
    made: { [control]: [...new Set(sources.map(({ digest }) => digest))].join(', ') },
    pictures: async function* ({ first, count }, active) {
      for (const view of active) {
        for await (const image of sources[view].frames(first, count)) {
          yield { view, control, image: resizeControl(image, views[view], control) }
        }
      }
    },
  }
}
