/// <reference types="@webgpu/types" />
import { lidarProjectWgsl, lidarSplatWgsl } from './lidar.wgsl.ts'

export interface LidarPipelines {
  readonly frameLayout: GPUBindGroupLayout
  readonly sweepLayout: GPUBindGroupLayout
  readonly splatLayout: GPUBindGroupLayout
  readonly project: GPUComputePipeline
  readonly splat: GPUComputePipeline
}

export function createLidarPipelines(gpu: GPUDevice): LidarPipelines {
  const layoutOf = (...types: GPUBufferBindingType[]): GPUBindGroupLayoutEntry[] =>
    types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }))
  const frameLayout = gpu.createBindGroupLayout({ entries: layoutOf('uniform', 'storage', 'storage', 'storage') })
  const sweepLayout = gpu.createBindGroupLayout({ entries: layoutOf('read-only-storage', 'uniform', 'read-only-storage') })
  const picture: GPUBindGroupLayoutEntry = {
    binding: 3,
    visibility: GPUShaderStage.COMPUTE,
    storageTexture: { access: 'write-only', format: 'rgba8unorm' },
  }
  const splatLayout = gpu.createBindGroupLayout({
    entries: [...layoutOf('read-only-storage', 'read-only-storage', 'read-only-storage'), picture],
  })
  const pipeline = (label: string, code: string, ...bindGroupLayouts: GPUBindGroupLayout[]): GPUComputePipeline =>
    gpu.createComputePipeline({
      label,
      layout: gpu.createPipelineLayout({ bindGroupLayouts }),
      compute: { module: gpu.createShaderModule({ label, code }) },
    })
  return {
    frameLayout,
    sweepLayout,
    splatLayout,
    project: pipeline('lidar-v1 project', lidarProjectWgsl, frameLayout, sweepLayout),
    splat: pipeline('lidar-v1 splat', lidarSplatWgsl, splatLayout),
  }
}
