/// <reference types="@webgpu/types" />
import type { Camera, Micros, Scenario } from '@virga/scenario'
import { Projector } from '../camera/projector.ts'
import { pictureHalfAngle, viewAt } from '../camera/view.ts'
import type { ConditionStyle } from '../condition-style.ts'
import type { PackedPicture } from '../device/packed-picture.ts'
import { boxEdges, boxesAt } from './boxes.ts'
import type { FlatDescription } from './description.ts'
import { HullPainter } from './hulls.ts'
import { LineBrush } from './line-brush.ts'
import { LinePainter } from './line-painter.ts'
import { type FlatScene, flatScene } from './scene.ts'
import { SpanList } from './span-list.ts'
import { SpanPass } from './span-pass.ts'

/**
 * A flat style of one camera. JavaScript decides in float64 which whole pixels each shape has, as OpenCV does in integers; the GPU merges
 * the shapes in the order of the layers.
 */
export class FlatCondition implements ConditionStyle {
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #halfAngle: number
  readonly #scene: FlatScene
  readonly #spans: SpanList
  readonly #lines: LinePainter
  readonly #hulls: HullPainter
  readonly #pass: SpanPass

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(gpu: GPUDevice, scenario: Scenario, camera: Camera, description: FlatDescription) {
    const { width, height, model } = camera
    this.#scenario = scenario
    this.#camera = camera
    this.#halfAngle = pictureHalfAngle(camera)
    this.#scene = flatScene(description, scenario)
    this.#spans = new SpanList(width, height)
    const projector = new Projector(model)
    this.#lines = new LinePainter(description, projector, new LineBrush(this.#spans), width, height)
    this.#hulls = new HullPainter(description, projector, this.#spans)
    this.#pass = new SpanPass(gpu, width, height)
  }

  draw(timeUs: Micros): Promise<PackedPicture> {
    const { origin, layers } = this.#scene
    const view = viewAt(this.#scenario, this.#camera, this.#halfAngle, timeUs, origin)
    this.#spans.clear()
    for (const [index, layer] of layers.entries()) {
      this.#spans.layer = index
      switch (layer.draw) {
        case 'lines':
          this.#lines.drawSet(layer.set, layer.look, view)
          break
        case 'hulls':
          this.#hulls.drawSet(layer.set, layer.look, view)
          break
        case 'boxes':
          for (const box of boxesAt(layer.tracks, timeUs, origin)) this.#lines.drawEdges(boxEdges(box, layer.look.edges), layer.look, view)
      }
    }
    this.#spans.sort()
    return Promise.resolve(this.#pass.paint(this.#spans))
  }

  dispose(): void {
    this.#pass.dispose()
  }
}
