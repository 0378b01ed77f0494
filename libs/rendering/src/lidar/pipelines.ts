/// <reference types="@webgpu/types" />
import { lidarGreyWgsl, lidarWgsl } from './lidar.wgsl.ts'

export interface LidarPipelines {
  readonly frameLayout: GPUBindGroupLayout
  readonly sweepLayout: GPUBindGroupLayout
  readonly project: GPUComputePipeline
  readonly countGroups: GPUComputePipeline
  readonly splat: GPUComputePipeline
  readonly grey: GPURenderPipeline
}

/** Work group size of the point passes, as in lidar.wgsl.ts. */
export const groupSize = 64

export function createLidarPipelines(gpu: GPUDevice): LidarPipelines {
  const buffer = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  })
  const frameLayout = gpu.createBindGroupLayout({
    entries: [buffer(0, 'uniform'), ...[1, 2, 3, 4, 5].map((binding) => buffer(binding, 'storage'))],
  })
  const sweepLayout = gpu.createBindGroupLayout({
    entries: [buffer(0, 'read-only-storage'), buffer(1, 'uniform'), buffer(2, 'read-only-storage')],
  })
  const module = gpu.createShaderModule({ label: 'lidar-v1', code: lidarWgsl })
  const layout = gpu.createPipelineLayout({ bindGroupLayouts: [frameLayout, sweepLayout] })
  const frameOnly = gpu.createPipelineLayout({ bindGroupLayouts: [frameLayout] })
  const greyModule = gpu.createShaderModule({ label: 'lidar-v1 grey', code: lidarGreyWgsl })
  return {
    frameLayout,
    sweepLayout,
    project: gpu.createComputePipeline({ layout, compute: { module, entryPoint: 'project_points' } }),
    countGroups: gpu.createComputePipeline({ layout: frameOnly, compute: { module, entryPoint: 'count_groups' } }),
    splat: gpu.createComputePipeline({ layout: frameOnly, compute: { module, entryPoint: 'splat_points' } }),
    grey: gpu.createRenderPipeline({
      layout: 'auto',
      vertex: { module: greyModule, entryPoint: 'whole_picture' },
      fragment: { module: greyModule, entryPoint: 'grey', targets: [{ format: 'rgba8unorm' }] },
      primitive: { topology: 'triangle-list' },
    }),
  }
}
