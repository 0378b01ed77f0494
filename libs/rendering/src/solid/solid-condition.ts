/// <reference types="@webgpu/types" />
import type { Camera, Micros, Scenario } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { pictureHalfAngle, type View, viewAt } from '../camera/view.ts'
import { Boxes, tracksOf } from './boxes.ts'
import type { SolidDescription } from './description.ts'
import { FaceMesh } from './face-mesh.ts'
import { isHighEnough, levelFrame } from './height-filter.ts'
import { Lens } from './lens.ts'
import { colourFormat, depthFormat, samples, solidPipeline } from './pipeline.ts'
import { type Shape, type SolidScene, solidScene } from './solid-scene.ts'
import { StrokeMesh } from './stroke-mesh.ts'
import { TriangleList, vertexBytes } from './triangle-list.ts'
import { isInSight, VisibleStrokes } from './visible-strokes.ts'

/** One camera's condition in a solid style: all triangles of a frame in one indexed draw. */
export class SolidCondition implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #description: SolidDescription
  readonly #halfAngle: number
  readonly #scene: SolidScene
  readonly #list = new TriangleList()
  readonly #faces: FaceMesh
  readonly #strokes: VisibleStrokes
  readonly #boxes: readonly (Boxes | undefined)[]
  readonly #vertices: GrowingBuffer
  readonly #indices: GrowingBuffer
  readonly #colour: GPUTexture
  readonly #sampled: GPUTexture
  readonly #depth: GPUTexture

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(gpu: GPUDevice, scenario: Scenario, camera: Camera, description: SolidDescription) {
    this.#gpu = gpu
    this.#scenario = scenario
    this.#camera = camera
    this.#description = description
    this.#halfAngle = pictureHalfAngle(camera)
    this.#scene = solidScene(scenario, description)
    const { far, layers, behind } = description
    const lens = new Lens(camera.model)
    const strokes = new StrokeMesh(this.#list, camera, far)
    this.#faces = new FaceMesh(this.#list, lens, camera, far)
    this.#strokes = new VisibleStrokes(this.#scene.strokes, strokes, lens, camera, far)
    this.#boxes = layers.map((layer) => {
      if (layer.draw !== 'boxes') return undefined
      return new Boxes(tracksOf(scenario, layer), layer, behind, this.#scene.origin, { faces: this.#faces, strokes, lens, picture: camera })
    })
    this.#vertices = new GrowingBuffer(gpu, GPUBufferUsage.VERTEX)
    this.#indices = new GrowingBuffer(gpu, GPUBufferUsage.INDEX)
    const size = { width: camera.width, height: camera.height }
    const usage = GPUTextureUsage.RENDER_ATTACHMENT
    this.#colour = gpu.createTexture({
      size,
      format: colourFormat,
      usage: usage | GPUTextureUsage.COPY_SRC | GPUTextureUsage.TEXTURE_BINDING,
    })
    this.#sampled = gpu.createTexture({ size, format: colourFormat, usage, sampleCount: samples })
    this.#depth = gpu.createTexture({ size, format: depthFormat, usage, sampleCount: samples })
  }

  /** Triangles of the last frame. */
  get triangleCount(): number {
    return this.#list.indexCount / 3
  }

  draw(timeUs: Micros): Promise<GPUTexture> {
    this.build(timeUs)
    this.#vertices.write(this.#list.vertices, this.#list.vertexCount * vertexBytes)
    this.#indices.write(this.#list.indices, this.#list.indexCount * 4)
    const encoder = this.#gpu.createCommandEncoder()
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        {
          view: this.#sampled.createView(),
          resolveTarget: this.#colour.createView(),
          loadOp: 'clear',
          storeOp: 'discard',
          clearValue: [0, 0, 0, 1],
        },
      ],
      depthStencilAttachment: { view: this.#depth.createView(), depthLoadOp: 'clear', depthStoreOp: 'discard', depthClearValue: 1 },
    })
    if (this.#list.indexCount > 0) {
      pass.setPipeline(solidPipeline(this.#gpu))
      pass.setVertexBuffer(0, this.#vertices.buffer)
      pass.setIndexBuffer(this.#indices.buffer, 'uint32')
      pass.drawIndexed(this.#list.indexCount)
    }
    pass.end()
    this.#gpu.queue.submit([encoder.finish()])
    return Promise.resolve(this.#colour)
  }

  /** Makes a frame's triangles. */
  build(timeUs: Micros): void {
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
  }

  dispose(): void {
    for (const resource of [this.#vertices, this.#indices, this.#colour, this.#sampled, this.#depth]) resource.destroy()
  }

  #shape(shape: Shape, timeUs: Micros, view: View): void {
    if (!isInSight(shape, view, this.#description.far) || !this.#faces.load(shape.points, view)) return
    const colour = shape.colourAt(timeUs)
    this.#faces.place(() => colour)
    const { triangles } = shape
    for (let i = 0; i < triangles.length; i += 3) this.#faces.triangle(triangles[i], triangles[i + 1], triangles[i + 2])
  }
}
