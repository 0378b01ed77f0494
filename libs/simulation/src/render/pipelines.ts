/// <reference types="@webgpu/types" />
import { gbufferWgsl } from '../materials/gbuffer.wgsl.ts'
import { lookShader } from '../weather/look.wgsl.ts'
import { vertexBytes } from '../geometry/mesh.ts'

export const gbufferFormats = ['rgba8unorm', 'rgba8unorm', 'r32float'] as const
export const depthFormat = 'depth32float'

export interface Pipelines {
  readonly geometry: GPURenderPipeline
  readonly shadow: GPURenderPipeline
  readonly geometryLayout: GPUBindGroupLayout
  readonly looks: Readonly<Record<'light' | 'gatherBright' | 'spread' | 'compose' | 'truth', GPUComputePipeline>>
  readonly lookLayout: GPUBindGroupLayout
}

export const vertexLayout: GPUVertexBufferLayout = {
  arrayStride: vertexBytes,
  attributes: [
    { shaderLocation: 0, offset: 0, format: 'float32x3' },
    { shaderLocation: 1, offset: 12, format: 'snorm8x4' },
    { shaderLocation: 2, offset: 16, format: 'unorm8x4' },
    { shaderLocation: 3, offset: 20, format: 'float32x2' },
    { shaderLocation: 4, offset: 28, format: 'uint8x4' },
  ],
}

/** Compiles every shader of the simulation once per device. */
export async function createPipelines(gpu: GPUDevice): Promise<Pipelines> {
  const { VERTEX, FRAGMENT, COMPUTE } = GPUShaderStage
  const geometryLayout = gpu.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: VERTEX | FRAGMENT, buffer: { type: 'uniform' } },
      { binding: 1, visibility: VERTEX, buffer: { type: 'read-only-storage' } },
      { binding: 2, visibility: VERTEX, buffer: { type: 'uniform' } },
    ],
  })
  const storage = (binding: number): GPUBindGroupLayoutEntry => ({ binding, visibility: COMPUTE, buffer: { type: 'storage' } })
  const lookLayout = gpu.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } },
      { binding: 1, visibility: COMPUTE, buffer: { type: 'uniform' } },
      { binding: 2, visibility: COMPUTE, texture: { sampleType: 'unfilterable-float' } },
      { binding: 3, visibility: COMPUTE, texture: { sampleType: 'unfilterable-float' } },
      { binding: 4, visibility: COMPUTE, texture: { sampleType: 'unfilterable-float' } },
      { binding: 5, visibility: COMPUTE, texture: { sampleType: 'depth' } },
      { binding: 6, visibility: COMPUTE, sampler: { type: 'comparison' } },
      ...[7, 8, 9, 10, 11, 12].map(storage),
    ],
  })
  const geometryModule = gpu.createShaderModule({ label: 'simulation geometry', code: gbufferWgsl })
  const lookModule = gpu.createShaderModule({ label: 'simulation looks', code: lookShader })
  const geometryPipelineLayout = gpu.createPipelineLayout({ bindGroupLayouts: [geometryLayout] })
  const lookPipelineLayout = gpu.createPipelineLayout({ bindGroupLayouts: [lookLayout] })
  const compute = (entryPoint: string): Promise<GPUComputePipeline> =>
    gpu.createComputePipelineAsync({ label: entryPoint, layout: lookPipelineLayout, compute: { module: lookModule, entryPoint } })
  const [geometry, shadow, light, gatherBright, spread, compose, truth] = await Promise.all([
    gpu.createRenderPipelineAsync({
      label: 'g-buffer',
      layout: geometryPipelineLayout,
      vertex: { module: geometryModule, entryPoint: 'vertex', buffers: [vertexLayout] },
      fragment: { module: geometryModule, entryPoint: 'fragment', targets: gbufferFormats.map((format) => ({ format })) },
      primitive: { topology: 'triangle-list', cullMode: 'back' },
      // Reversed depth: nearer is greater.
      depthStencil: { format: depthFormat, depthWriteEnabled: true, depthCompare: 'greater' },
    }),
    gpu.createRenderPipelineAsync({
      label: 'shadows',
      layout: geometryPipelineLayout,
      vertex: { module: geometryModule, entryPoint: 'shadowVertex', buffers: [vertexLayout] },
      primitive: { topology: 'triangle-list', cullMode: 'none' },
      depthStencil: { format: depthFormat, depthWriteEnabled: true, depthCompare: 'less', depthBias: 2, depthBiasSlopeScale: 2 },
    }),
    compute('light'),
    compute('gatherBright'),
    compute('spread'),
    compute('compose'),
    compute('truth'),
  ])
  return { geometry, shadow, geometryLayout, looks: { light, gatherBright, spread, compose, truth }, lookLayout }
}
