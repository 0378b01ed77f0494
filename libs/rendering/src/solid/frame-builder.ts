import type { Camera, Micros, Scenario } from '@virga/scenario'
import { pictureHalfAngle, type View, viewAt } from '../camera/view.ts'
import { Boxes, tracksOf } from './boxes.ts'
import type { SolidDescription } from './description.ts'
import { FaceMesh } from './face-mesh.ts'
import { isHighEnough, levelFrame } from './height-filter.ts'
import { Lens } from './lens.ts'
import { type Shape, type SolidScene, solidScene } from './solid-scene.ts'
import { StrokeMesh } from './stroke-mesh.ts'
import { TriangleList } from './triangle-list.ts'
import { isInSight, VisibleStrokes } from './visible-strokes.ts'

/**
 * Makes the triangles of a frame: JavaScript projects in float64 and tessellates as finely as the picture needs, so that what draws them only
 * has to fill. One per camera; what does not move is shared.
 */
export class FrameBuilder {
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #description: SolidDescription
  readonly #halfAngle: number
  readonly #scene: SolidScene
  readonly #list = new TriangleList()
  readonly #faces: FaceMesh
  readonly #strokes: VisibleStrokes
  readonly #boxes: readonly (Boxes | undefined)[]

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(scenario: Scenario, camera: Camera, description: SolidDescription) {
    this.#scenario = scenario
    this.#camera = camera
    this.#description = description
    this.#halfAngle = pictureHalfAngle(camera)
    this.#scene = solidScene(scenario, description)
    const { far, layers, behind } = description
    const lens = new Lens(camera.model)
    const strokes = new StrokeMesh(this.#list, camera, far)
    this.#faces = new FaceMesh(this.#list, lens, camera, far)
    this.#strokes = new VisibleStrokes(this.#scene.strokes, strokes, lens, camera, description)
    this.#boxes = layers.map((layer) => {
      if (layer.draw !== 'boxes') return undefined
      return new Boxes(tracksOf(scenario, layer), layer, behind, this.#scene.origin, { faces: this.#faces, strokes, lens, picture: camera })
    })
  }

  /** The triangles of a frame in the order of drawing; valid until the next call. Throws VIRGA_OUT_OF_RANGE outside the ego poses. */
  build(timeUs: Micros): TriangleList {
    this.#list.clear()
    const view = viewAt(this.#scenario, this.#camera, this.#halfAngle, timeUs, this.#scene.origin)
    const { heightFilter } = this.#description
    const level = heightFilter === undefined ? undefined : levelFrame(this.#scenario, this.#camera, timeUs, this.#scene.origin)
    const isKept = (points: Float64Array): boolean =>
      heightFilter === undefined || level === undefined || isHighEnough(heightFilter, points, level)
    this.#scene.layers.forEach((layer, i) => {
      if (layer === undefined) {
        this.#boxes[i]?.append(timeUs, view)
      } else if (layer.draw === 'strokes') {
        for (const line of layer.lines) if (isKept(line.vertices)) this.#strokes.append(line, view)
      } else {
        for (const shape of layer.shapes) if (isKept(shape.points)) this.#shape(shape, timeUs, view)
      }
    })
    return this.#list
  }

  #shape(shape: Shape, timeUs: Micros, view: View): void {
    if (!isInSight(shape, view, this.#description.far) || !this.#faces.load(shape.points, view)) return
    const colour = shape.colourAt(timeUs)
    this.#faces.place(() => colour)
    const { triangles } = shape
    for (let i = 0; i < triangles.length; i += 3) this.#faces.triangle(triangles[i], triangles[i + 1], triangles[i + 2])
  }
}
