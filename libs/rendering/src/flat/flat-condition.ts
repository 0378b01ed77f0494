import type { Camera, Micros, Scenario } from '@virga/scenario'
import { Projector } from '../camera/projector.ts'
import { mayBeSeen, pictureHalfAngle, viewAt } from '../camera/view.ts'
import type { ConditionStyle, SparseImage } from '../condition-style.ts'
import type { Canvas } from './canvas.ts'
import { boxAt, boxEdges } from './boxes.ts'
import type { FlatDescription } from './description.ts'
import { HullPainter } from './hulls.ts'
import { LinePainter } from './line-painter.ts'
import { brushOf, type FlatScene, flatScene } from './scene.ts'

/**
 * A flat style of one camera. JavaScript decides in float64 which whole pixels each shape has, as OpenCV does in integers.
 */
export class FlatCondition implements ConditionStyle {
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #halfAngle: number
  readonly #far: number
  readonly #scene: FlatScene
  readonly #canvas: Canvas
  readonly #lines: LinePainter
  readonly #hulls: HullPainter

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(scenario: Scenario, camera: Camera, description: FlatDescription) {
    const { width, height, model } = camera
    this.#scenario = scenario
    this.#camera = camera
    this.#halfAngle = pictureHalfAngle(camera)
    this.#far = description.shading.far
    this.#scene = flatScene(description, scenario)
    const brush = brushOf(this.#scene, width, height)
    this.#canvas = brush.canvas
    const projector = new Projector(model)
    this.#lines = new LinePainter(description, projector, brush, width, height)
    this.#hulls = new HullPainter(description, projector, this.#canvas)
  }

  draw(timeUs: Micros): Promise<SparseImage> {
    const { origin, layers } = this.#scene
    const view = viewAt(this.#scenario, this.#camera, this.#halfAngle, timeUs, origin)
    for (const layer of layers) {
      switch (layer.draw) {
        case 'lines':
          this.#lines.drawSet(layer.set, layer.look, view)
          break
        case 'hulls':
          this.#hulls.drawSet(layer.set, layer.look, view)
          break
        case 'boxes':
          for (const track of layer.tracks) {
            const box = boxAt(track, timeUs, origin)
            if (box === undefined || !mayBeSeen(box, view, this.#far)) continue
            this.#lines.drawEdges(boxEdges(box, layer.look.edges), layer.look, view)
          }
      }
      this.#canvas.endLayer()
    }
    return Promise.resolve(this.#canvas.finish())
  }

  dispose(): void {
    // Nothing is held outside JavaScript's memory.
  }
}
