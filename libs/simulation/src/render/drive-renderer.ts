/// <reference types="@webgpu/types" />
import type { RenderDevice } from '@virga/rendering'
import { type Camera, type RgbImage, scaleCamera } from '@virga/scenario'
import type { Chunk, StaticGeometry } from '../geometry/chunks.ts'
import { actorGeometry } from '../geometry/actor-mesh.ts'
import { staticGeometry } from '../geometry/static-geometry.ts'
import type { Look } from '../weather/looks.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { type ActorDraw, ActorInstances, instanceFloats } from './actor-instances.ts'
import { frameFloats, type ImageSize, type Moment, momentAt } from './frame-uniforms.ts'
import { InstancePass } from './instance-pass.ts'
import { castsShadows, hasHalos, lookFloats, lookUniforms, sunDirection } from './look-uniforms.ts'
import { shadowClip, toGpu } from './matrices.ts'
import { createPipelines, depthFormat, gbufferFormats, type Pipelines } from './pipelines.ts'
import type { InstanceTruth } from './seen-objects.ts'
import { silhouettesOf } from './silhouette.ts'

/** Metres beyond which street chunks are not drawn. */
const drawDistance = 270
const shadowTexels = 1024
const shadowHalf = 56

/** What one frame holds: the truth, and one picture per look that was asked for. */
export interface RenderedFrame {
  /** Metres along the camera's z, 0 = sky; row-major. */
  readonly depth: Float32Array
  /** Index into `segClasses` per pixel. */
  readonly seg: Uint8Array
  readonly images: readonly RgbImage[]
  /** Where they were asked for. */
  readonly instances?: InstanceTruth
}

export interface FrameOptions {
  /** Numbers of actors per pixel too; costs a pass over the geometry. */
  readonly instances?: boolean
}

const pipelinesOf = new WeakMap<GPUDevice, Promise<Pipelines>>()

/** Draws one drive from one camera at one size. Geometry goes to the GPU once; each frame is a G-buffer, then one pass per look. */
export class DriveRenderer {
  readonly #device: RenderDevice
  readonly #drive: SimulatedDrive
  readonly #camera: Camera
  readonly #size: ImageSize
  readonly #pipelines: Pipelines
  readonly #static: StaticGeometry
  /** Half the picture's width over the focal length. */
  readonly #slope: number
  readonly #actors: ActorInstances
  readonly #owned: (GPUBuffer | GPUTexture)[] = []
  readonly #buffers: Record<'vertices' | 'indices' | 'actorVertices' | 'actorIndices' | 'frame' | 'look' | 'clip' | 'instances', GPUBuffer>
  readonly #outputs: Record<'radiance' | 'bright' | 'halo' | 'pixels' | 'depths' | 'classes', GPUBuffer>
  readonly #targets: readonly GPUTexture[]
  readonly #depth: GPUTexture
  readonly #shadowMap: GPUTexture
  readonly #geometryGroup: GPUBindGroup
  readonly #lookGroup: GPUBindGroup
  #instances: Promise<InstancePass> | undefined

  private constructor(device: RenderDevice, drive: SimulatedDrive, camera: Camera, size: ImageSize, pipelines: Pipelines) {
    const gpu = device.gpu
    this.#device = device
    this.#drive = drive
    this.#camera = camera
    this.#size = size
    this.#pipelines = pipelines
    this.#static = staticGeometry(drive)
    const actorMeshes = actorGeometry()
    this.#actors = new ActorInstances(actorMeshes.chunks)
    this.#slope = camera.model.kind === 'pinhole' ? size.width / 2 / camera.model.fx : 2
    const { VERTEX, INDEX, UNIFORM, STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage
    const buffer = (bytes: number, usage: number): GPUBuffer => {
      const made = gpu.createBuffer({ size: Math.ceil(bytes / 16) * 16, usage })
      this.#owned.push(made)
      return made
    }
    const filled = (data: Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, usage: number): GPUBuffer => {
      const made = buffer(data.byteLength, usage | COPY_DST)
      gpu.queue.writeBuffer(made, 0, data)
      return made
    }
    this.#buffers = {
      vertices: filled(this.#static.vertices, VERTEX),
      indices: filled(this.#static.indices, INDEX),
      actorVertices: filled(actorMeshes.vertices, VERTEX),
      actorIndices: filled(actorMeshes.indices, INDEX),
      frame: buffer(frameFloats * 4, UNIFORM | COPY_DST),
      look: buffer(lookFloats * 4, UNIFORM | COPY_DST),
      clip: buffer(64, UNIFORM | COPY_DST),
      instances: buffer(this.#actors.data.byteLength, STORAGE | COPY_DST),
    }
    const { width, height, supersample } = size
    const [w, h] = [width * supersample, height * supersample]
    const halo = Math.ceil(width / haloBlock(height)) * Math.ceil(height / haloBlock(height)) * 16
    this.#outputs = {
      radiance: buffer(width * height * 16, STORAGE),
      bright: buffer(halo, STORAGE),
      halo: buffer(halo, STORAGE),
      pixels: buffer(width * height * 4, STORAGE | COPY_SRC),
      depths: buffer(width * height * 4, STORAGE | COPY_SRC),
      classes: buffer(width * height * 4, STORAGE | COPY_SRC),
    }
    const texture = (format: GPUTextureFormat, x: number, y: number): GPUTexture => {
      const made = gpu.createTexture({ size: [x, y], format, usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING })
      this.#owned.push(made)
      return made
    }
    this.#targets = gbufferFormats.map((format) => texture(format, w, h))
    this.#depth = texture(depthFormat, w, h)
    this.#shadowMap = texture(depthFormat, shadowTexels, shadowTexels)
    const bound = (resource: GPUBuffer): GPUBufferBinding => ({ buffer: resource })
    this.#geometryGroup = gpu.createBindGroup({
      layout: pipelines.geometryLayout,
      entries: [this.#buffers.frame, this.#buffers.instances, this.#buffers.clip].map((resource, binding) => ({
        binding,
        resource: bound(resource),
      })),
    })
    const { radiance, bright, pixels, depths, classes } = this.#outputs
    this.#lookGroup = gpu.createBindGroup({
      layout: pipelines.lookLayout,
      entries: [
        bound(this.#buffers.frame),
        bound(this.#buffers.look),
        ...this.#targets.map((target) => target.createView()),
        this.#shadowMap.createView(),
        gpu.createSampler({ compare: 'less', magFilter: 'linear', minFilter: 'linear' }),
        ...[radiance, bright, this.#outputs.halo, pixels, depths, classes].map(bound),
      ].map((resource, binding) => ({ binding, resource })),
    })
  }

  /** @param camera at its own size; it is scaled to `size` */
  static async open(device: RenderDevice, drive: SimulatedDrive, camera: Camera, size: ImageSize): Promise<DriveRenderer> {
    let pipelines = pipelinesOf.get(device.gpu)
    if (pipelines === undefined) {
      pipelines = createPipelines(device.gpu)
      pipelinesOf.set(device.gpu, pipelines)
    }
    return new DriveRenderer(device, drive, scaleCamera(camera, size.width, size.height), size, await pipelines)
  }

  /**
   * Submits one frame and gives its pixels when they have been read back. Call it again before awaiting to keep several in flight.
   *
   * @param frame index of the drive's camera frame
   */
  async frame(frame: number, looks: readonly Look[], { instances: numbered = false }: FrameOptions = {}): Promise<RenderedFrame> {
    const numbers = numbered ? await this.#instancePass() : undefined
    const gpu = this.#device.gpu
    const seconds = this.#drive.frameTimes[frame]
    const moment = momentAt(this.#drive, this.#camera, this.#size, seconds)
    gpu.queue.writeBuffer(this.#buffers.frame, 0, moment.uniforms)
    const { view, shadow, count: instances } = this.#actors.place(moment, this.#slope)
    gpu.queue.writeBuffer(this.#buffers.instances, 0, this.#actors.data, 0, instances * instanceFloats)
    this.#drawGeometry(moment, view)
    numbers?.submit((pass) => {
      this.#drawAll(pass, view, this.#visibleChunks(moment))
    })
    const { width, height } = this.#size
    const count = width * height
    const read = (buffer: GPUBuffer): Promise<ArrayBuffer> => this.#device.readback.readBuffer(buffer, count * 4)
    const truth = Promise.all([read(this.#outputs.depths), read(this.#outputs.classes)])
    const ids = numbers === undefined ? undefined : read(numbers.output)
    const images = looks.map((look) => {
      this.#drawLook(look, moment, frame, shadow)
      return read(this.#outputs.pixels)
    })
    const [depths, classes] = await truth
    const actorIds = ids === undefined ? undefined : await ids
    return {
      depth: new Float32Array(depths),
      seg: Uint8Array.from(new Uint32Array(classes)),
      images: (await Promise.all(images)).map((bytes) => ({ width, height, data: dropAlpha(new Uint8Array(bytes), count) })),
      ...(actorIds === undefined
        ? {}
        : {
            instances: {
              ids: Uint16Array.from(new Uint32Array(actorIds)),
              silhouettes: silhouettesOf(moment, this.#camera, this.#size),
            },
          }),
    }
  }

  dispose(): void {
    // Given up while it was being made, or never made.
    void this.#instances?.then((pass) => {
      pass.dispose()
    })
    for (const resource of this.#owned) resource.destroy()
  }

  #instancePass(): Promise<InstancePass> {
    this.#instances ??= InstancePass.open(this.#device.gpu, this.#size, {
      geometryLayout: this.#pipelines.geometryLayout,
      geometryGroup: this.#geometryGroup,
      surface: this.#targets[1],
      depth: this.#targets[2],
      classes: this.#outputs.classes,
    })
    return this.#instances
  }

  #drawGeometry(moment: Moment, draws: readonly ActorDraw[]): void {
    const encoder = this.#device.gpu.createCommandEncoder()
    const pass = encoder.beginRenderPass({
      colorAttachments: this.#targets.map((target) => ({
        view: target.createView(),
        loadOp: 'clear',
        storeOp: 'store',
        clearValue: [0, 0, 0, 0],
      })),
      depthStencilAttachment: { view: this.#depth.createView(), depthLoadOp: 'clear', depthStoreOp: 'discard', depthClearValue: 0 },
    })
    pass.setPipeline(this.#pipelines.geometry)
    pass.setBindGroup(0, this.#geometryGroup)
    this.#drawAll(pass, draws, this.#visibleChunks(moment))
    pass.end()
    this.#dispatch(encoder, 'truth', this.#size.width, this.#size.height)
    this.#device.gpu.queue.submit([encoder.finish()])
  }

  #drawAll(pass: GPURenderPassEncoder, draws: readonly ActorDraw[], chunks: readonly Chunk[]): void {
    // Actors first and chunks from near to far: what is hidden is refused by the depth test before it is shaded.
    pass.setVertexBuffer(0, this.#buffers.actorVertices)
    pass.setIndexBuffer(this.#buffers.actorIndices, 'uint32')
    for (const { chunk, first, count } of draws) pass.drawIndexed(chunk.indexCount, count, chunk.firstIndex, 0, first)
    pass.setVertexBuffer(0, this.#buffers.vertices)
    pass.setIndexBuffer(this.#buffers.indices, 'uint32')
    for (const chunk of chunks) pass.drawIndexed(chunk.indexCount, 1, chunk.firstIndex, 0, 0)
  }

  /** Chunks in the camera's view, near to far. */
  #visibleChunks({ eye, cameraToWorld: m, forward }: Moment): Chunk[] {
    const slope = this.#slope
    const right = [m[0], m[4], m[8]] as const
    const seen: { chunk: Chunk; near: number }[] = []
    for (const chunk of this.#static.chunks) {
      const d = chunk.centre.map((value, i) => value - eye[i]) as [number, number, number]
      const z = d[0] * forward[0] + d[1] * forward[1] + d[2] * forward[2]
      const x = Math.abs(d[0] * right[0] + d[1] * right[1] + d[2] * right[2])
      const near = z - chunk.radius
      if (z < -chunk.radius || x - z * slope > chunk.radius * Math.hypot(1, slope)) continue
      if (near > drawDistance) continue
      seen.push({ chunk, near: Math.hypot(...d) - (chunk.radius > 500 ? -1e6 : 0) })
    }
    return seen.sort((a, b) => a.near - b.near).map(({ chunk }) => chunk)
  }

  #drawLook(look: Look, moment: Moment, frame: number, draws: readonly ActorDraw[]): void {
    const gpu = this.#device.gpu
    const encoder = gpu.createCommandEncoder()
    let clip: number[] | undefined
    if (castsShadows(look)) {
      const { eye, forward } = moment
      const centre = [eye[0] + forward[0] * shadowHalf * 0.82, eye[1] + forward[1] * shadowHalf * 0.82, eye[2] - 1.5] as const
      clip = shadowClip(sunDirection(look), centre, shadowHalf, shadowTexels)
      const data = new Float32Array(16)
      toGpu(clip, data, 0)
      gpu.queue.writeBuffer(this.#buffers.clip, 0, data)
      const pass = encoder.beginRenderPass({
        colorAttachments: [],
        depthStencilAttachment: { view: this.#shadowMap.createView(), depthLoadOp: 'clear', depthStoreOp: 'store', depthClearValue: 1 },
      })
      pass.setPipeline(this.#pipelines.shadow)
      pass.setBindGroup(0, this.#geometryGroup)
      const near = this.#static.chunks.filter(
        ({ centre: c, radius }) => radius < 500 && Math.hypot(c[0] - centre[0], c[1] - centre[1]) < radius + shadowHalf * 1.2,
      )
      this.#drawAll(pass, draws, near)
      pass.end()
    }
    gpu.queue.writeBuffer(this.#buffers.look, 0, lookUniforms(look, clip, moment.seconds, frame, this.#drive.seed))
    const { width, height } = this.#size
    this.#dispatch(encoder, 'light', width, height)
    if (hasHalos(look)) {
      const block = haloBlock(height)
      this.#dispatch(encoder, 'gatherBright', width / block, height / block)
      this.#dispatch(encoder, 'spread', width / block, height / block)
    }
    this.#dispatch(encoder, 'compose', width, height)
    gpu.queue.submit([encoder.finish()])
  }

  #dispatch(encoder: GPUCommandEncoder, name: keyof Pipelines['looks'], width: number, height: number): void {
    const pass = encoder.beginComputePass()
    pass.setPipeline(this.#pipelines.looks[name])
    pass.setBindGroup(0, this.#lookGroup)
    pass.dispatchWorkgroups(Math.ceil(width / 8), Math.ceil(height / 8))
    pass.end()
  }
}

/** Output pixels per halo texel, as in compose.wgsl.ts. */
function haloBlock(height: number): number {
  return Math.max(4, Math.floor(height / 44))
}

function dropAlpha(rgba: Uint8Array, count: number): Uint8Array {
  const rgb = new Uint8Array(count * 3)
  for (let i = 0, o = 0; i < count * 4; i += 4, o += 3) {
    rgb[o] = rgba[i]
    rgb[o + 1] = rgba[i + 1]
    rgb[o + 2] = rgba[i + 2]
  }
  return rgb
}
