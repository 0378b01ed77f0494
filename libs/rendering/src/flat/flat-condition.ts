/// <reference types="@webgpu/types" />
import type { Camera, Micros, Scenario, Track } from '@virga/scenario'
import { cameraUniformBytes, packCamera } from '../camera/pack-camera.ts'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { QuadIndices } from '../device/quad-indices.ts'
import { AreaList } from './area-list.ts'
import type { FlatDescription } from './description.ts'
import { edgesPerBox, inDrawingOrder, visibleBoxes } from './boxes.ts'
import { packEdge, wordsPerEdge } from './edge.ts'
import { drawnHull } from './hulls.ts'
import { boxLayerNames, boxLayers, boxLineThickness, hullKinds, lineKinds, mapLayers } from './palette.ts'
import { colourFormat, createHdmapPipelines, type HdmapPipelines, stencilFormat } from './pipelines.ts'
import { type SceneBuffers, sceneBuffers } from './scene-buffers.ts'
import { pictureHalfAngle, type View, viewAt } from './view.ts'
import { appendVisible, SegmentList } from './visible-segments.ts'

/** A draw of one layer: instances of the line pipeline or vertices of the area pipeline. */
interface Draw {
  readonly what: 'line' | 'area'
  readonly first: number
  readonly count: number
}

const pipelinesOf = new WeakMap<GPUDevice, HdmapPipelines>()

/** hdmap-v1 of one camera. Raw WebGPU on the device's own GPUDevice: stencil per layer and MAX blending in one pass. */
export class FlatCondition implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #halfAngle: number
  readonly #tracks: readonly Track[]
  readonly #scene: SceneBuffers
  readonly #pipelines: HdmapPipelines
  readonly #uniform: GPUBuffer
  readonly #colour: GPUTexture
  readonly #stencil: GPUTexture
  readonly #segmentBuffer: GrowingBuffer
  readonly #areaBuffer: GrowingBuffer
  readonly #corners: QuadIndices
  readonly #areas = new AreaList()
  readonly #segments = new SegmentList()

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(gpu: GPUDevice, scenario: Scenario, camera: Camera, _description: FlatDescription) {
    this.#gpu = gpu
    this.#scenario = scenario
    this.#camera = camera
    this.#halfAngle = pictureHalfAngle(camera)
    this.#tracks = inDrawingOrder(scenario)
    this.#scene = sceneBuffers(gpu, scenario)
    this.#pipelines = pipelinesOf.get(gpu) ?? createHdmapPipelines(gpu)
    pipelinesOf.set(gpu, this.#pipelines)
    const { width, height } = camera
    this.#uniform = gpu.createBuffer({ size: cameraUniformBytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    const usage = GPUTextureUsage.RENDER_ATTACHMENT
    this.#colour = gpu.createTexture({ size: { width, height }, format: colourFormat, usage: usage | GPUTextureUsage.COPY_SRC })
    this.#stencil = gpu.createTexture({ size: { width, height }, format: stencilFormat, usage })
    this.#segmentBuffer = new GrowingBuffer(gpu, GPUBufferUsage.STORAGE)
    this.#corners = new QuadIndices(gpu)
    this.#areaBuffer = new GrowingBuffer(gpu, GPUBufferUsage.VERTEX)
  }

  draw(timeUs: Micros): Promise<GPUTexture> {
    const view = viewAt(this.#scenario, this.#camera, this.#halfAngle, timeUs, this.#scene.geometry.origin)
    this.#gpu.queue.writeBuffer(this.#uniform, 0, packCamera(this.#camera, view.world_to_camera))
    this.#segments.count = 0
    this.#areas.clear()
    const layers = [...this.#mapDraws(view), ...this.#boxDraws(view, timeUs)]
    this.#segmentBuffer.write(this.#segments.words.buffer, this.#segments.count * 8)
    this.#areaBuffer.write(this.#areas.buffer, this.#areas.vertexCount * 12)
    this.#submit(layers)
    return Promise.resolve(this.#colour)
  }

  dispose(): void {
    this.#uniform.destroy()
    this.#colour.destroy()
    this.#stencil.destroy()
    this.#segmentBuffer.destroy()
    this.#areaBuffer.destroy()
    this.#corners.destroy()
  }

  #mapDraws(view: View): Draw[] {
    const { geometry } = this.#scene
    const lines = lineKinds.map((kind) => {
      const first = this.#segments.count
      appendVisible(this.#segments, geometry, kind, view)
      return { what: 'line', first, count: this.#segments.count - first } as const
    })
    const areas = hullKinds.map((kind) => {
      const first = this.#areas.vertexCount
      for (const ring of geometry.hulls[kind].toReversed()) {
        const hull = drawnHull(ring, mapLayers[kind].rgb, view)
        if (hull !== undefined) this.#areas.push(hull)
      }
      return { what: 'area', first, count: this.#areas.vertexCount - first } as const
    })
    return [...lines, ...areas]
  }

  /** Uploads the edges of the boxes that are seen behind the map's, and lists them by class. */
  #boxDraws(view: View, timeUs: Micros): Draw[] {
    const { geometry, edges } = this.#scene
    const boxes = visibleBoxes(this.#tracks, timeUs, geometry.origin, view)
    const packed = new ArrayBuffer(boxes.length * edgesPerBox * wordsPerEdge * 4)
    boxes.forEach(({ layer, ends }, box) => {
      const look = { samples: 2, rgb: boxLayers[layer].rgb, thickness: boxLineThickness }
      for (let edge = 0; edge < edgesPerBox; edge += 1) packEdge(packed, box * edgesPerBox + edge, ends, edge * 6, look)
    })
    if (boxes.length > 0) this.#gpu.queue.writeBuffer(edges, geometry.packed.byteLength, packed)
    return boxLayerNames.map((layer) => {
      const first = this.#segments.count
      for (let box = boxes.length - 1; box >= 0; box -= 1) {
        if (boxes[box].layer !== layer) continue
        for (let edge = edgesPerBox - 1; edge >= 0; edge -= 1) this.#segments.push(geometry.edgeCount + box * edgesPerBox + edge, 0, 1)
      }
      return { what: 'line', first, count: this.#segments.count - first } as const
    })
  }

  #submit(layers: readonly Draw[]): void {
    const encoder = this.#gpu.createCommandEncoder()
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: this.#colour.createView(), loadOp: 'clear', storeOp: 'store', clearValue: [0, 0, 0, 1] }],
      depthStencilAttachment: { view: this.#stencil.createView(), stencilLoadOp: 'clear', stencilStoreOp: 'discard', stencilClearValue: 0 },
    })
    const bound = [this.#uniform, this.#scene.edges, this.#segmentBuffer.buffer]
    pass.setBindGroup(
      0,
      this.#gpu.createBindGroup({
        layout: this.#pipelines.layout,
        entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    )
    pass.setIndexBuffer(this.#corners.reserve(this.#segments.count), 'uint32')
    layers.forEach(({ what, first, count }, layer) => {
      if (count === 0) return
      pass.setStencilReference(layer + 1)
      pass.setPipeline(this.#pipelines[what])
      if (what === 'line') {
        pass.drawIndexed(count * 6, 1, first * 6)
      } else {
        pass.setVertexBuffer(0, this.#areaBuffer.buffer)
        pass.draw(count, 1, first)
      }
    })
    pass.end()
    this.#gpu.queue.submit([encoder.finish()])
  }
}
