/// <reference types="@webgpu/types" />
import type { PointDescription } from '../description.ts'
import { lidarWgsl } from './lidar.wgsl.ts'

const passes = ['project_points', 'spread_rows', 'spread_columns', 'count_groups', 'splat_points', 'paint'] as const

export type LidarPass = (typeof passes)[number]

export interface LidarPipelines {
  readonly frameLayout: GPUBindGroupLayout
  readonly sweepLayout: GPUBindGroupLayout
  readonly passes: Readonly<Record<LidarPass, GPUComputePipeline>>
}

export function createLidarPipelines(gpu: GPUDevice, description: PointDescription): LidarPipelines {
  const visibility = GPUShaderStage.COMPUTE
  const buffer = (type: GPUBufferBindingType, binding: number): GPUBindGroupLayoutEntry => ({ binding, visibility, buffer: { type } })
  const picture: GPUBindGroupLayoutEntry = { binding: 8, visibility, storageTexture: { access: 'write-only', format: 'rgba8unorm' } }
  const storages = [1, 2, 3, 4, 5, 6, 7].map((binding) => buffer('storage', binding))
  const frameLayout = gpu.createBindGroupLayout({ entries: [buffer('uniform', 0), ...storages, picture] })
  const sweepLayout = gpu.createBindGroupLayout({
    entries: [buffer('read-only-storage', 0), buffer('uniform', 1), buffer('read-only-storage', 2)],
  })
  const module = gpu.createShaderModule({ label: description.name, code: lidarWgsl(description) })
  const layout = gpu.createPipelineLayout({ bindGroupLayouts: [frameLayout] })
  const layoutWithSweep = gpu.createPipelineLayout({ bindGroupLayouts: [frameLayout, sweepLayout] })
  const pipelines = passes.map((entryPoint) => {
    const compute = { module, entryPoint }
    return [entryPoint, gpu.createComputePipeline({ layout: entryPoint === 'project_points' ? layoutWithSweep : layout, compute })]
  })
  return { frameLayout, sweepLayout, passes: Object.fromEntries(pipelines) as Record<LidarPass, GPUComputePipeline> }
}
