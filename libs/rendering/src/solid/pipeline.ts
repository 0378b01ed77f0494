/// <reference types="@webgpu/types" />
import { vertexBytes } from './triangle-list.ts'

export const colourFormat = 'rgba8unorm'
export const depthFormat = 'depth32float'
/** As upstream: the four standard sample places of a pixel, averaged. */
export const samples = 4

/** Colours fade with depth at each corner, and run linearly in the picture between them (w = 1). */
const wgsl = /* wgsl */ `
struct Corner {
  @builtin(position) position: vec4f,
  @location(0) colour: vec3f,
};

@vertex fn corner(@location(0) place: vec3f, @location(1) colour: vec4f) -> Corner {
  return Corner(vec4f(place, 1.0), colour.rgb * clamp(1.0 - place.z, 0.0, 1.0));
}

@fragment fn fill(in: Corner) -> @location(0) vec4f {
  return vec4f(in.colour, 1.0);
}
`

const made = new WeakMap<GPUDevice, GPURenderPipeline>()

/** The one pipeline of solid styles, compiled once per device. */
export function solidPipeline(gpu: GPUDevice): GPURenderPipeline {
  let pipeline = made.get(gpu)
  if (pipeline === undefined) {
    const module = gpu.createShaderModule({ label: 'solid', code: wgsl })
    pipeline = gpu.createRenderPipeline({
      label: 'solid',
      layout: 'auto',
      vertex: {
        module,
        buffers: [
          {
            arrayStride: vertexBytes,
            attributes: [
              { shaderLocation: 0, offset: 0, format: 'float32x3' },
              { shaderLocation: 1, offset: 12, format: 'unorm8x4' },
            ],
          },
        ],
      },
      fragment: { module, targets: [{ format: colourFormat }] },
      primitive: { topology: 'triangle-list', cullMode: 'none' },
      depthStencil: { format: depthFormat, depthWriteEnabled: true, depthCompare: 'less' },
      multisample: { count: samples },
    })
    made.set(gpu, pipeline)
  }
  return pipeline
}
