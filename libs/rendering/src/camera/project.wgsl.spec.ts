import { type CameraModel, fthetaFromIntrinsics, poseToMat4, identityPose, project, scaleCamera, type Vec3 } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cameraOf, randomSource } from '../../test/scenario.ts'
import { openRenderDevice, type RenderDevice } from '../device/render-device.ts'
import { packCamera } from './pack-camera.ts'
import { cameraWgsl } from './project.wgsl.ts'

const bw = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1]
const fw = [1571, 557.2074, 1920, 1080, 0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0, 1.001, 0.0005, -0.0004]

const models: Record<string, CameraModel> = {
  pinhole: { kind: 'pinhole', fx: 1100, fy: 1080, cx: 955, cy: 545 },
  rational: {
    kind: 'opencv-rational',
    fx: 900,
    fy: 905,
    cx: 960,
    cy: 540,
    k: [0.38, -0.21, 0.012, 0.74, -0.14, -0.004],
    p1: 3e-4,
    p2: -2e-4,
  },
  'Brown-Conrady with barrel distortion': {
    kind: 'opencv-rational',
    fx: 1000,
    fy: 1000,
    cx: 960,
    cy: 540,
    k: [-0.3, 0.09, -0.01, 0, 0, 0],
    p1: 0,
    p2: 0,
  },
  'Kannala-Brandt': { kind: 'kannala-brandt', fx: 560, fy: 558, cx: 962, cy: 538, k: [-0.013, 0.006, -0.004, 0.0006] },
  'f-theta, pixel to angle': fthetaFromIntrinsics(bw).model,
  'f-theta, angle to pixel, linear term': fthetaFromIntrinsics(fw).model,
}

/** Points in front of, far beside and behind the published front wide camera, and where they land at 1920x1080 and 1280x720 (float64 least squares). */
const vectors: readonly [Vec3, readonly [number, number], readonly [number, number]][] = [
  [[1, 1.5, 10], [1047.6833, 897.3696], [698.4555, 598.2464]],
  [[-4, 1.5, 10], [597.4399, 890.9415], [398.2933, 593.961]],
  [[-20, 1.5, 5], [-250.9648, 847.542], [-167.3098, 565.028]],
  [[3, 1.5, 0.5], [2107.9191, 1334.0105], [1405.2806, 889.341]],
  [[3, 1.5, -1], [2438.4074, 1499.2547], [1625.6132, 999.5073]],
  [[-2, -3, 40], [907.0909, 686.481], [604.7273, 457.654]],
] // prettier-ignore

const code = /* wgsl */ `
${cameraWgsl}
@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read> points: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> pixels: array<vec2f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&points)) {
    pixels[id.x] = project_pixel(camera, to_camera(camera, points[id.x].xyz));
  }
}`

async function projectOnGpu({ gpu, readback }: RenderDevice, uniform: ArrayBuffer, points: readonly Vec3[]): Promise<Float32Array> {
  const upload = (data: ArrayBuffer, usage: GPUBufferUsageFlags): GPUBuffer => {
    const buffer = gpu.createBuffer({ size: data.byteLength, usage: usage | GPUBufferUsage.COPY_DST })
    gpu.queue.writeBuffer(buffer, 0, data)
    return buffer
  }
  const out = gpu.createBuffer({ size: points.length * 8, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })
  const packed = Float32Array.from(points.flatMap((p) => [...p, 0]))
  const buffers = [upload(uniform, GPUBufferUsage.UNIFORM), upload(packed.buffer, GPUBufferUsage.STORAGE), out]
  const pipeline = gpu.createComputePipeline({ layout: 'auto', compute: { module: gpu.createShaderModule({ code }) } })
  const encoder = gpu.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
  pass.dispatchWorkgroups(Math.ceil(points.length / 64))
  pass.end()
  gpu.queue.submit([encoder.finish()])
  const pixels = new Float32Array(await readback.readBuffer(out))
  for (const buffer of buffers) buffer.destroy()
  return pixels
}

describe('projection in the shader', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(Object.entries(models))('%s: within 0.1 px of the float64 projection, at 1920x1080 and at 1280x704', async (_name, model) => {
    const native = cameraOf(model, 1920, 1080)
    for (const camera of [native, scaleCamera(native, 1280, 704)]) {
      const random = randomSource(3)
      const points = Array.from({ length: 4000 }, (): Vec3 => [120 * random(), 60 * random(), 60 + 60 * random()])
      // Near the optical axis, where angles lose precision.
      points.push([0, 0, 50], [1e-5, 0, 50], [0, -1e-4, 3], [2e-3, 1e-3, 120])
      const pixels = await projectOnGpu(device, packCamera(camera, poseToMat4(identityPose)), points)
      let compared = 0
      points.forEach((point, i) => {
        const { u, v, valid } = project(camera.model, point)
        if (!valid || u < -500 || u > 2500 || v < -500 || v > 1600) return
        compared += 1
        expect(Math.hypot(pixels[2 * i] - u, pixels[2 * i + 1] - v)).toBeLessThan(0.1)
      })
      expect(compared).toBeGreaterThan(1000)
    }
  })

  it('puts the vectors of the published f-theta camera within 0.1 px, beyond its field of view and behind it too', async () => {
    const native = cameraOf(models['f-theta, pixel to angle'], 1920, 1080)
    for (const [size, camera] of [native, scaleCamera(native, 1280, 720)].entries()) {
      const points = vectors.map(([point]) => point)
      const pixels = await projectOnGpu(device, packCamera(camera, poseToMat4(identityPose)), points)
      vectors.forEach((vector, i) => {
        const [u, v] = vector[size === 0 ? 1 : 2]
        expect(Math.hypot(pixels[2 * i] - u, pixels[2 * i + 1] - v)).toBeLessThan(0.1)
      })
    }
  })

  it('goes on outwards where a distortion would fold back into the picture', async () => {
    const camera = cameraOf(models['Brown-Conrady with barrel distortion'], 1920, 1080)
    const beside = Array.from({ length: 20 }, (_, i): Vec3 => [(1.2 + i) * 2, 0.3, 2])
    const pixels = await projectOnGpu(device, packCamera(camera, poseToMat4(identityPose)), beside)
    for (let i = 1; i < beside.length; i += 1) expect(pixels[2 * i]).toBeGreaterThan(pixels[2 * i - 2])
  })
})
