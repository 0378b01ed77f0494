/// <reference types="@webgpu/types" />
import { instanceWgsl, resolveInstanceWgsl } from '../materials/instance.wgsl.ts'
import type { ImageSize } from './frame-uniforms.ts'
import { depthFormat, vertexLayout } from './pipelines.ts'

interface InstancePipelines {
  readonly draw: GPURenderPipeline
  readonly resolve: GPUComputePipeline
}

const pipelinesOf = new WeakMap<GPUDevice, Promise<InstancePipelines>>()

async function createInstancePipelines(gpu: GPUDevice, geometryLayout: GPUBindGroupLayout): Promise<InstancePipelines> {
  const module = gpu.createShaderModule({ label: 'simulation instances', code: instanceWgsl })
  const [draw, resolve] = await Promise.all([
    gpu.createRenderPipelineAsync({
      label: 'instances',
      layout: gpu.createPipelineLayout({ bindGroupLayouts: [geometryLayout] }),
      vertex: { module, entryPoint: 'idVertex', buffers: [vertexLayout] },
      fragment: { module, entryPoint: 'idFragment', targets: [{ format: 'r32uint' }] },
      primitive: { topology: 'triangle-list', cullMode: 'back' },
      depthStencil: { format: depthFormat, depthWriteEnabled: true, depthCompare: 'greater' },
    }),
    gpu.createComputePipelineAsync({
      label: 'resolve instances',
      layout: 'auto',
      compute: { module: gpu.createShaderModule({ label: 'resolve instances', code: resolveInstanceWgsl }), entryPoint: 'resolve' },
    }),
  ])
  return { draw, resolve }
}

/** What the pass reads of the renderer that it belongs to. */
export interface InstanceSources {
  readonly geometryLayout: GPUBindGroupLayout
  readonly geometryGroup: GPUBindGroup
  readonly surface: GPUTexture
  readonly depth: GPUTexture
  readonly classes: GPUBuffer
}

/** Draws the numbers of actors beside a G-buffer; made only where somebody asks for them. */
export class InstancePass {
  readonly #gpu: GPUDevice
  readonly #size: ImageSize
  readonly #pipelines: InstancePipelines
  readonly #geometryGroup: GPUBindGroup
  readonly #ids: GPUTexture
  readonly #depth: GPUTexture
  readonly #uniform: GPUBuffer
  readonly #group: GPUBindGroup
  /** One u32 per output pixel. */
  readonly output: GPUBuffer

  private constructor(gpu: GPUDevice, size: ImageSize, sources: InstanceSources, pipelines: InstancePipelines) {
    this.#gpu = gpu
    this.#size = size
    this.#pipelines = pipelines
    this.#geometryGroup = sources.geometryGroup
    const { width, height, supersample } = size
    const { RENDER_ATTACHMENT, TEXTURE_BINDING } = GPUTextureUsage
    const texture = (format: GPUTextureFormat): GPUTexture =>
      gpu.createTexture({ size: [width * supersample, height * supersample], format, usage: RENDER_ATTACHMENT | TEXTURE_BINDING })
    this.#ids = texture('r32uint')
    this.#depth = texture(depthFormat)
    this.output = gpu.createBuffer({ size: Math.ceil((width * height) / 4) * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })
    this.#uniform = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    gpu.queue.writeBuffer(this.#uniform, 0, Uint32Array.of(width, height, supersample, 0))
    this.#group = gpu.createBindGroup({
      layout: pipelines.resolve.getBindGroupLayout(0),
      entries: [
        sources.surface.createView(),
        sources.depth.createView(),
        this.#ids.createView(),
        { buffer: sources.classes },
        { buffer: this.output },
        { buffer: this.#uniform },
      ].map((resource, binding) => ({ binding, resource })),
    })
  }

  static async open(gpu: GPUDevice, size: ImageSize, sources: InstanceSources): Promise<InstancePass> {
    let pipelines = pipelinesOf.get(gpu)
    if (pipelines === undefined) {
      pipelines = createInstancePipelines(gpu, sources.geometryLayout)
      pipelinesOf.set(gpu, pipelines)
    }
    return new InstancePass(gpu, size, sources, await pipelines)
  }

  /** @param draw the draws of the G-buffer, whose truth has been resolved before */
  submit(draw: (pass: GPURenderPassEncoder) => void): void {
    const encoder = this.#gpu.createCommandEncoder()
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: this.#ids.createView(), loadOp: 'clear', storeOp: 'store', clearValue: [0, 0, 0, 0] }],
      depthStencilAttachment: { view: this.#depth.createView(), depthLoadOp: 'clear', depthStoreOp: 'discard', depthClearValue: 0 },
    })
    pass.setPipeline(this.#pipelines.draw)
    pass.setBindGroup(0, this.#geometryGroup)
    draw(pass)
    pass.end()
    const resolve = encoder.beginComputePass()
    resolve.setPipeline(this.#pipelines.resolve)
    resolve.setBindGroup(0, this.#group)
    resolve.dispatchWorkgroups(Math.ceil(this.#size.width / 8), Math.ceil(this.#size.height / 8))
    resolve.end()
    this.#gpu.queue.submit([encoder.finish()])
  }

  dispose(): void {
    for (const resource of [this.#ids, this.#depth, this.#uniform, this.output]) resource.destroy()
  }
}
