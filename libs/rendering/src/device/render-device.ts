/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import type { RenderTarget, Texture, WebGPURenderer } from 'three/webgpu'
import type { AdapterCandidate, AdapterDescription, AdapterKind } from './adapter.ts'
import { chooseAdapter, type ChosenAdapter } from './choose-adapter.ts'
import { calmDawnPolling } from './calm-polling.ts'
import { installWebGpuGlobals } from './globals.ts'
import { Readback, type TexturePixels } from './readback.ts'
import { createThreeRenderer, FrameClock } from './three-renderer.ts'

export interface RenderDeviceOptions {
  /** Only this kind; default: VIRGA_ADAPTER, else the fastest there is. */
  readonly adapter?: AdapterKind
}

/** Features that are switched on wherever the adapter has them. */
const wantedFeatures: readonly GPUFeatureName[] = [
  'core-features-and-limits',
  'float32-filterable',
  'float32-blendable',
  'depth32float-stencil8',
  'depth-clip-control',
  'rg11b10ufloat-renderable',
  'bgra8unorm-storage',
  'indirect-first-instance',
]

/** Limits that are raised to what the adapter has. */
const raisedLimits = [
  'maxTextureDimension2D',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxColorAttachmentBytesPerSample',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const

/**
 * The one owner of a WebGPU device: instance, adapter and device stay referenced from here. Left to the garbage collector, Dawn's
 * instance dies under a device that still draws (crashes at random in npm webgpu 0.6).
 */
export class RenderDevice {
  readonly gpu: GPUDevice
  readonly renderer: WebGPURenderer
  readonly adapter: AdapterDescription
  /** Every adapter that was seen, fastest first, with the reason for each refusal. */
  readonly candidates: readonly AdapterCandidate[]
  readonly readback: Readback
  readonly #held: ChosenAdapter
  readonly #clock: FrameClock
  #failure: VirgaError | undefined
  #disposed = false

  constructor(held: ChosenAdapter, gpu: GPUDevice, renderer: WebGPURenderer, clock: FrameClock) {
    this.#held = held
    this.#clock = clock
    this.gpu = gpu
    this.renderer = renderer
    this.adapter = held.description
    this.candidates = held.candidates
    this.readback = new Readback(gpu, () => this.#failure)
    alive.add(this)
    gpu.addEventListener('uncapturederror', (event) => {
      this.#failure ??= new VirgaError('VIRGA_DEVICE', `${this.adapter.name} refused work: ${event.error.message}`)
    })
    void gpu.lost.then(({ message }) => {
      if (!this.#disposed) this.#failure ??= new VirgaError('VIRGA_DEVICE', `${this.adapter.name} was lost: ${message}`)
    })
  }

  /** Begins a frame for three.js nodes that update once a frame; call it before the first render of each frame. */
  advanceFrame(timeMs = 0): void {
    this.#clock.advance(timeMs)
  }

  /** The GPU texture behind a three.js texture that has been rendered to or uploaded. */
  textureOf(texture: Texture): GPUTexture {
    const backend = this.renderer.backend as unknown as { get(object: Texture): { texture?: GPUTexture } }
    const gpuTexture = backend.get(texture).texture
    if (gpuTexture === undefined) throw new VirgaError('VIRGA_INTERNAL', `texture ${texture.name || texture.id} is not on the GPU yet`)
    return gpuTexture
  }

  /** Exact texels of a GPU texture (top-left origin, no padding). It needs usage COPY_SRC; three.js render targets have it. */
  readTexture(texture: GPUTexture, layer = 0): Promise<TexturePixels> {
    return this.readback.read(texture, layer)
  }

  /** Exact texels of one colour attachment of a three.js render target, by its index in `target.textures`. */
  readTarget(target: RenderTarget, attachment = 0): Promise<TexturePixels> {
    const texture = target.textures[attachment]
    if (texture === undefined) throw new VirgaError('VIRGA_INTERNAL', `render target has no attachment ${attachment}`)
    return this.readback.read(this.textureOf(texture))
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.readback.close()
    void this.renderer.dispose()
    this.gpu.destroy()
    alive.delete(this)
    void this.#held
  }
}

/** Roots for the garbage collector: a device that its user dropped without dispose() may still have work in flight. */
const alive = new Set<RenderDevice>()

/**
 * Opens three.js offscreen on the fastest adapter: hardware, else Mesa's lavapipe (24 or newer), else SwiftShader.
 *
 * Throws VIRGA_MISSING_DEPENDENCY when there is no usable adapter and VIRGA_DEVICE when the chosen one gives no device.
 */
export async function openRenderDevice(options: RenderDeviceOptions = {}): Promise<RenderDevice> {
  installWebGpuGlobals()
  calmDawnPolling()
  const chosen = await (options.adapter === undefined ? chooseAdapter() : chooseAdapter(options.adapter))
  const { adapter, description } = chosen
  const requiredLimits = Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]]))
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature))
  try {
    const gpu = await adapter.requestDevice({ requiredFeatures, requiredLimits })
    const clock = new FrameClock()
    const renderer = await createThreeRenderer(gpu, clock)
    return new RenderDevice(chosen, gpu, renderer, clock)
  } catch (error) {
    throw new VirgaError('VIRGA_DEVICE', `${description.name} gave no device: ${String(error)}`, {}, { cause: error })
  }
}
