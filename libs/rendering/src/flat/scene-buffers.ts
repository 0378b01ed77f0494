/// <reference types="@webgpu/types" />
import type { Scenario } from '@virga/scenario'
import { edgesPerBox } from './boxes.ts'
import { wordsPerEdge } from './edge.ts'
import { buildStaticGeometry, type StaticGeometry } from './static-geometry.ts'

/** A scenario's lines on the GPU, followed by room for the edges of all its boxes. */
export interface SceneBuffers {
  readonly geometry: StaticGeometry
  readonly edges: GPUBuffer
}

const kept = new WeakMap<GPUDevice, WeakMap<Scenario, SceneBuffers>>()

/** The buffers of a scenario on a device: laid out and uploaded the first time, for all its cameras. */
export function sceneBuffers(gpu: GPUDevice, scenario: Scenario): SceneBuffers {
  const ofDevice = kept.get(gpu) ?? new WeakMap<Scenario, SceneBuffers>()
  kept.set(gpu, ofDevice)
  let scene = ofDevice.get(scenario)
  if (scene === undefined) {
    const geometry = buildStaticGeometry(scenario)
    const edgeCount = Math.max(geometry.edgeCount + scenario.tracks.length * edgesPerBox, 1)
    const edges = gpu.createBuffer({
      label: `edges of ${scenario.id}`,
      size: edgeCount * wordsPerEdge * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    })
    if (geometry.packed.byteLength > 0) gpu.queue.writeBuffer(edges, 0, geometry.packed)
    scene = { geometry, edges }
    ofDevice.set(scenario, scene)
  }
  return scene
}
