/// <reference types="@webgpu/types" />
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { createPackedPicture, type PackedPicture } from '../device/packed-picture.ts'
import type { SpanList } from './span-list.ts'
import { spansWgsl } from './spans.wgsl.ts'

/** Blocks in one row of the dispatch: below WebGPU's limit of 65,535 work groups along an axis. */
const groupsPerRow = 32_768

const pipelines = new WeakMap<GPUDevice, GPUComputePipeline>()

/** Paints span lists into a picture that stays its own. */
export class SpanPass {
  readonly #gpu: GPUDevice
  readonly #pipeline: GPUComputePipeline
  readonly #spans: GrowingBuffer
  readonly #blocks: GrowingBuffer
  readonly #layout: GPUBuffer
  readonly #picture: PackedPicture

  constructor(gpu: GPUDevice, width: number, height: number) {
    this.#gpu = gpu
    this.#pipeline = pipelines.get(gpu) ?? createPipeline(gpu)
    pipelines.set(gpu, this.#pipeline)
    this.#spans = new GrowingBuffer(gpu, GPUBufferUsage.STORAGE)
    this.#blocks = new GrowingBuffer(gpu, GPUBufferUsage.STORAGE)
    this.#layout = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    this.#picture = createPackedPicture(gpu, width, height)
  }

  /** Submits the work; the picture holds it until the next call's work runs. */
  paint(list: SpanList): PackedPicture {
    const { blockCount, count } = list
    this.#spans.write(list.sorted.buffer, count * 8)
    this.#blocks.write(list.blocks.buffer, blockCount * 16)
    this.#gpu.queue.writeBuffer(this.#layout, 0, Uint32Array.of(this.#picture.wordsPerRow, blockCount, groupsPerRow, 0))
    const encoder = this.#gpu.createCommandEncoder()
    encoder.clearBuffer(this.#picture.buffer)
    if (blockCount > 0) {
      const pass = encoder.beginComputePass()
      const bound = [this.#spans.buffer, this.#blocks.buffer, this.#picture.buffer, this.#layout]
      const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }))
      pass.setBindGroup(0, this.#gpu.createBindGroup({ layout: this.#pipeline.getBindGroupLayout(0), entries }))
      pass.setPipeline(this.#pipeline)
      pass.dispatchWorkgroups(Math.min(blockCount, groupsPerRow), Math.ceil(blockCount / groupsPerRow))
      pass.end()
    }
    this.#gpu.queue.submit([encoder.finish()])
    return this.#picture
  }

  dispose(): void {
    this.#spans.destroy()
    this.#blocks.destroy()
    this.#layout.destroy()
    this.#picture.buffer.destroy()
  }
}

function createPipeline(gpu: GPUDevice): GPUComputePipeline {
  const module = gpu.createShaderModule({ label: 'spans', code: spansWgsl })
  return gpu.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'paint' } })
}
