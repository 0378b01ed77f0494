/// <reference types="@webgpu/types" />
import { isVirgaError } from '@virga/errors'
import type { AdapterCandidate, AdapterDescription, AdapterKind } from './adapter.ts'
import { openRenderDevice, type RenderDevice } from './render-device.ts'

/** What `virga doctor` says about rendering. */
export interface DeviceProbe {
  /** True when a picture was really drawn, read back and had the right colours. */
  readonly ok: boolean
  /** The adapter in use; undefined when none could be opened. */
  readonly adapter?: AdapterDescription
  /** Everything that was seen, fastest first, with the reason for each refusal. */
  readonly candidates: readonly AdapterCandidate[]
  /** Milliseconds from nothing to the checked picture. */
  readonly ms?: number
  /** What went wrong. */
  readonly problem?: string
  /** Why not a faster adapter, and how to get one: sentences and commands, one a line; empty on hardware. */
  readonly advice: readonly string[]
}

/** Drawn on the left and right half of the probe's picture: two colours of hdmap-v1. */
const colours = [
  [98, 183, 249, 255],
  [206, 131, 63, 255],
] as const

/** Draws two coloured halves, reads them back and compares every pixel. Never throws: what fails is in the result. */
export async function probeDevice(options: { readonly adapter?: AdapterKind } = {}): Promise<DeviceProbe> {
  const started = performance.now()
  let device: RenderDevice | undefined
  try {
    device = await openRenderDevice(options)
    const wrong = await wrongPixels(device)
    const { adapter, candidates } = device
    const ms = Math.round(performance.now() - started)
    const problem = wrong === 0 ? {} : { problem: `${wrong} pixels of a test picture came back with other colours` }
    return { ok: wrong === 0, adapter, candidates, ms, ...problem, advice: adviceFor(adapter.kind) }
  } catch (error) {
    const problem = isVirgaError(error) || error instanceof Error ? error.message : String(error)
    return { ok: false, candidates: device?.candidates ?? [], problem, advice: adviceFor(undefined) }
  } finally {
    device?.dispose()
  }
}

async function wrongPixels(device: RenderDevice): Promise<number> {
  const { gpu } = device
  const [width, height] = [100, 20]
  const code = /* wgsl */ `
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}
@fragment fn colour(@builtin(position) p: vec4f) -> @location(0) vec4f {
  return select(vec4f(${colours[1].join(',')}), vec4f(${colours[0].join(',')}), p.x < ${width / 2}.0) / 255.0;
}`
  const module = gpu.createShaderModule({ code })
  const target = gpu.createTexture({
    size: { width, height },
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  })
  const pipeline = gpu.createRenderPipeline({
    layout: 'auto',
    vertex: { module },
    fragment: { module, targets: [{ format: 'rgba8unorm' }] },
  })
  const encoder = gpu.createCommandEncoder()
  const pass = encoder.beginRenderPass({ colorAttachments: [{ view: target.createView(), loadOp: 'clear', storeOp: 'store' }] })
  pass.setPipeline(pipeline)
  pass.draw(3)
  pass.end()
  gpu.queue.submit([encoder.finish()])
  const { data } = await device.readTexture(target)
  target.destroy()
  let wrong = 0
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const expected = colours[pixel % width < width / 2 ? 0 : 1]
    if (expected.some((value, channel) => data[pixel * 4 + channel] !== value)) wrong += 1
  }
  return wrong
}

function adviceFor(kind: AdapterKind | undefined): string[] {
  if (kind === 'hardware') return []
  const driver = "A GPU is used as soon as its vendor's Vulkan driver is installed (check with vulkaninfo --summary)."
  if (kind === 'lavapipe') return [driver]
  return [
    'Mesa 24 or newer (lavapipe) draws about three times faster on the same CPU:',
    '  Debian 13, Ubuntu 24.10 or newer: sudo apt-get install mesa-vulkan-drivers libvulkan1',
    '  Debian 12:',
    '    echo "deb http://deb.debian.org/debian bookworm-backports main" | sudo tee /etc/apt/sources.list.d/backports.list',
    '    sudo apt-get update && sudo apt-get install -t bookworm-backports mesa-vulkan-drivers libvulkan1',
    driver,
  ]
}
