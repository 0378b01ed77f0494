import type { Micros, RgbImage } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'
import type { FrameBuilder } from './frame-builder.ts'
import type { SampleCanvas } from './sample-canvas.ts'

/** One camera's condition, its triangles drawn in typed arrays. */
export class ArrayCondition implements ConditionStyle {
  readonly #builder: FrameBuilder
  readonly #canvas: SampleCanvas

  /** @param canvas may be shared: it holds nothing between two frames */
  constructor(builder: FrameBuilder, canvas: SampleCanvas) {
    this.#builder = builder
    this.#canvas = canvas
  }

  draw(timeUs: Micros): Promise<RgbImage> {
    return Promise.resolve(this.#canvas.draw(this.#builder.build(timeUs)))
  }

  dispose(): void {
    // Nothing is held outside JavaScript's memory.
  }
}
