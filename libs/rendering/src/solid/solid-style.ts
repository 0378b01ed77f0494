/// <reference types="@webgpu/types" />
import type { Camera, Scenario } from '@virga/scenario'
import type { ConditionStyle } from '../condition-style.ts'
import type { FreeStyle } from '../style.ts'
import { ArrayCondition } from './array-condition.ts'
import type { SolidDescription } from './description.ts'
import { FrameBuilder } from './frame-builder.ts'
import { GpuCondition } from './gpu-condition.ts'
import { SampleCanvas } from './sample-canvas.ts'

/** `gpu`: WebGPU with four samples a pixel. `arrays`: the same in typed arrays. */
export type SolidEngine = 'gpu' | 'arrays'

/**
 * A style from its description: solid shapes in a depth buffer, tapered lines, dashes, filled boxes, four samples a pixel.
 *
 * JavaScript makes the triangles of a frame either way. A GPU draws them; where WebGPU itself runs on the processor (lavapipe, SwiftShader), typed
 * arrays do, several times cheaper and with the same bytes on every machine; without a GPU nothing of Vulkan is needed.
 *
 * @param engine takes one of them everywhere: for tests and measurements
 */
export function solidStyle(description: SolidDescription, engine?: SolidEngine): FreeStyle {
  const { name, title, defaultChain } = description
  // A canvas is used within one call of `draw`, so cameras of the same size share it.
  const canvases = new Map<string, WeakRef<SampleCanvas>>()

  function canvasOf({ width, height }: Camera): SampleCanvas {
    const key = `${width} ${height}`
    const canvas = canvases.get(key)?.deref() ?? new SampleCanvas(width, height)
    canvases.set(key, new WeakRef(canvas))
    return canvas
  }

  function open(gpu: GPUDevice | undefined, scenario: Scenario, camera: Camera): ConditionStyle {
    const builder = new FrameBuilder(scenario, camera, description)
    if (gpu === undefined || (engine ?? engineFor(gpu)) === 'arrays') return new ArrayCondition(builder, canvasOf(camera))
    return new GpuCondition(gpu, builder, camera)
  }

  return { name, title, defaultChain, needs: 'map-or-tracks', device: 'preferred', open }
}

function engineFor(gpu: GPUDevice): SolidEngine {
  return gpu.adapterInfo.isFallbackAdapter ? 'arrays' : 'gpu'
}
