/// <reference types="@webgpu/types" />
import type { Camera, Micros } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import type { FrameBuilder } from './frame-builder.ts'
import { colourFormat, depthFormat, samples, solidPipeline } from './pipeline.ts'
import { vertexBytes } from './triangle-list.ts'

/** One camera's condition, its triangles drawn by a GPU in one indexed draw. */
export class GpuCondition implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #builder: FrameBuilder
  readonly #vertices: GrowingBuffer
  readonly #indices: GrowingBuffer
  readonly #colour: GPUTexture
  readonly #sampled: GPUTexture
  readonly #depth: GPUTexture

  constructor(gpu: GPUDevice, builder: FrameBuilder, { width, height }: Camera) {
    this.#gpu = gpu
    this.#builder = builder
    this.#vertices = new GrowingBuffer(gpu, GPUBufferUsage.VERTEX)
    this.#indices = new GrowingBuffer(gpu, GPUBufferUsage.INDEX)
    const size = { width, height }
    const usage = GPUTextureUsage.RENDER_ATTACHMENT
    this.#colour = gpu.createTexture({ size, format: colourFormat, usage: usage | GPUTextureUsage.COPY_SRC })
    this.#sampled = gpu.createTexture({ size, format: colourFormat, usage, sampleCount: samples })
    this.#depth = gpu.createTexture({ size, format: depthFormat, usage, sampleCount: samples })
  }

  draw(timeUs: Micros): Promise<GPUTexture> {
    const list = this.#builder.build(timeUs)
    this.#vertices.write(list.vertices, list.vertexCount * vertexBytes)
    this.#indices.write(list.indices, list.indexCount * 4)
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
    if (list.indexCount > 0) {
      pass.setPipeline(solidPipeline(this.#gpu))
      pass.setVertexBuffer(0, this.#vertices.buffer)
      pass.setIndexBuffer(this.#indices.buffer, 'uint32')
      pass.drawIndexed(list.indexCount)
    }
    pass.end()
    this.#gpu.queue.submit([encoder.finish()])
    return Promise.resolve(this.#colour)
  }

  dispose(): void {
    for (const resource of [this.#vertices, this.#indices, this.#colour, this.#sampled, this.#depth]) resource.destroy()
  }
}
