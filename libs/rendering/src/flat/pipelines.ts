/// <reference types="@webgpu/types" />
import { hdmapWgsl } from './flat.wgsl.ts'

export const colourFormat = 'rgba8unorm'
export const stencilFormat = 'stencil8'

/** Bytes of one vertex of a filled area: two float32 pixel coordinates and an rgba8 colour. */
export const areaVertexBytes = 12

export interface HdmapPipelines {
  readonly line: GPURenderPipeline
  readonly area: GPURenderPipeline
  readonly layout: GPUBindGroupLayout
}

/** Compiles the two pipelines of hdmap-v1. */
export function createHdmapPipelines(gpu: GPUDevice): HdmapPipelines {
  const module = gpu.createShaderModule({ label: 'hdmap-v1', code: hdmapWgsl })
  const layout = gpu.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: GPUShaderStage.VERTEX, buffer: { type: 'uniform' } },
      { binding: 1, visibility: GPUShaderStage.VERTEX, buffer: { type: 'read-only-storage' } },
      { binding: 2, visibility: GPUShaderStage.VERTEX, buffer: { type: 'read-only-storage' } },
    ],
  })
  const max: GPUBlendComponent = { operation: 'max', srcFactor: 'one', dstFactor: 'one' }
  const once: GPUStencilFaceState = { compare: 'not-equal', passOp: 'replace' }
  const shared = {
    layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
    depthStencil: { format: stencilFormat, stencilFront: once, stencilBack: once, depthWriteEnabled: false, depthCompare: 'always' },
  } as const
  const targets = [{ format: colourFormat, blend: { color: max, alpha: max } }] as const
  const line = gpu.createRenderPipeline({
    ...shared,
    vertex: { module, entryPoint: 'line_vertex' },
    fragment: { module, entryPoint: 'line_fragment', targets },
    primitive: { topology: 'triangle-list' },
  })
  const area = gpu.createRenderPipeline({
    ...shared,
    vertex: {
      module,
      entryPoint: 'area_vertex',
      buffers: [
        {
          arrayStride: areaVertexBytes,
          attributes: [
            { shaderLocation: 0, offset: 0, format: 'float32x2' },
            { shaderLocation: 1, offset: 8, format: 'unorm8x4' },
          ],
        },
      ],
    },
    fragment: { module, entryPoint: 'area_fragment', targets },
    primitive: { topology: 'triangle-list' },
  })
  return { line, area, layout }
}
