/// <reference types="@webgpu/types" />
import { type Camera, composePose, invertPose, type Micros, poseAt, type Pose, poseToMat4, type Scenario } from '@virga/scenario'
import { cameraUniformBytes, packCamera } from '../camera/pack-camera.ts'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { chooseSweeps } from './choose-sweeps.ts'
import { motionOf } from './moving-boxes.ts'
import { createLidarPipelines, groupSize, type LidarPipelines } from './pipelines.ts'
import { SweepCache, type UploadedSweep } from './sweep-cache.ts'

/** Bytes of one `transforms` entry: three rows of four float32. */
const transformBytes = 48
/** Five counters, rounded up to 16 bytes; the last three are the arguments of the splat dispatch. */
const counterBytes = 32
const groupsAt = 8

const pipelinesOf = new WeakMap<GPUDevice, LidarPipelines>()

/** A sweep as one frame draws it. */
interface DrawnSweep {
  readonly sweep: UploadedSweep
  readonly times: number
  readonly firstTransform: number
}

/** lidar-v1 of one camera: sweeps accumulated, moving points carried along, splatted in compute passes. */
export class LidarStyle implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #pipelines: LidarPipelines
  readonly #sweeps: SweepCache
  readonly #uniform: GPUBuffer
  readonly #counters: GPUBuffer
  /** Work groups of the splat pass. */
  readonly #groups: GPUBuffer
  /** Per pixel: nearest, weights, offsets. */
  readonly #sums: readonly GPUBuffer[]
  readonly #width: GPUBuffer
  readonly #colour: GPUTexture
  readonly #greyBindings: GPUBindGroup
  readonly #transforms: GrowingBuffer
  readonly #slots: GPUBuffer[] = []
  #visible: GPUBuffer

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(gpu: GPUDevice, scenario: Scenario, camera: Camera) {
    this.#gpu = gpu
    this.#scenario = scenario
    this.#camera = camera
    this.#pipelines = pipelinesOf.get(gpu) ?? createLidarPipelines(gpu)
    pipelinesOf.set(gpu, this.#pipelines)
    this.#sweeps = new SweepCache(gpu, scenario, scenario.tracks)
    const { width, height } = camera
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
    this.#uniform = gpu.createBuffer({ size: cameraUniformBytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    this.#counters = gpu.createBuffer({ size: counterBytes, usage: storage | GPUBufferUsage.COPY_SRC })
    this.#groups = gpu.createBuffer({ size: 12, usage: GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST })
    this.#sums = [0, 1, 2].map(() => gpu.createBuffer({ size: width * height * 4, usage: storage }))
    this.#width = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    gpu.queue.writeBuffer(this.#width, 0, Uint32Array.of(width, height, 0, 0))
    this.#visible = gpu.createBuffer({ size: 16, usage: storage })
    this.#transforms = new GrowingBuffer(gpu, GPUBufferUsage.STORAGE)
    this.#colour = gpu.createTexture({
      size: { width, height },
      format: 'rgba8unorm',
      usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
    })
    this.#greyBindings = gpu.createBindGroup({
      layout: this.#pipelines.grey.getBindGroupLayout(0),
      entries: [this.#width, ...this.#sums].map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
  }

  async draw(timeUs: Micros): Promise<GPUTexture> {
    const chosen = chooseSweeps(this.#scenario.sweeps, timeUs)
    const sweeps = await Promise.all(chosen.map(({ index }) => this.#sweeps.get(index)))
    const latest = chosen.at(-1)
    if (latest !== undefined) this.#sweeps.prefetch(latest.index + 1)
    let transforms = 0
    const drawn = sweeps.map((sweep, i): DrawnSweep => {
      const firstTransform = transforms
      transforms += 1 + sweep.boxes.length
      return { sweep, times: chosen[i].times, firstTransform }
    })
    this.#writeTransforms(drawn, transforms, timeUs)
    this.#reserveVisible(sweeps.reduce((sum, sweep) => sum + sweep.count, 0))
    this.#gpu.queue.writeBuffer(this.#uniform, 0, packCamera(this.#camera, poseToMat4({ rotation: [1, 0, 0, 0], translation: [0, 0, 0] })))
    this.#submit(drawn)
    await this.#sweeps.trim()
    return this.#colour
  }

  dispose(): void {
    for (const buffer of [this.#uniform, this.#counters, this.#groups, this.#width, this.#visible, ...this.#sums, ...this.#slots])
      buffer.destroy()
    this.#transforms.destroy()
    this.#colour.destroy()
    void this.#sweeps.dispose()
  }

  /** points_to_camera of everything that stands still and of every box, computed in float64: city coordinates cancel here. */
  #writeTransforms(drawn: readonly DrawnSweep[], count: number, timeUs: Micros): void {
    const world_to_camera = invertPose(composePose(poseAt(this.#scenario.ego, timeUs), this.#camera.camera_to_vehicle))
    const data = new Float32Array((count * transformBytes) / 4)
    const put = (index: number, pose: Pose | undefined): void => {
      if (pose !== undefined) data.set(poseToMat4(pose).subarray(0, 12), index * 12)
      // What is gone at this time goes behind the camera.
      else data[index * 12 + 11] = -1
    }
    for (const { sweep, firstTransform } of drawn) {
      put(firstTransform, composePose(world_to_camera, sweep.points_to_world))
      sweep.boxes.forEach((box, i) => {
        const motion = motionOf(box, timeUs)
        put(firstTransform + 1 + i, motion && composePose(world_to_camera, composePose(motion, sweep.points_to_world)))
      })
    }
    this.#transforms.write(data.buffer, data.byteLength)
  }

  #reserveVisible(points: number): void {
    if (points * 16 <= this.#visible.size) return
    this.#visible.destroy()
    this.#visible = this.#gpu.createBuffer({ size: points * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
  }

  #submit(drawn: readonly DrawnSweep[]): void {
    const encoder = this.#gpu.createCommandEncoder()
    for (const buffer of [this.#counters, ...this.#sums]) encoder.clearBuffer(buffer)
    const frame = this.#bind(this.#pipelines.frameLayout, [this.#uniform, this.#counters, this.#visible, ...this.#sums])
    const compute = encoder.beginComputePass()
    compute.setBindGroup(0, frame)
    compute.setPipeline(this.#pipelines.project)
    drawn.forEach(({ sweep, times, firstTransform }, i) => {
      if (sweep.count === 0) return
      const slot = this.#slot(i)
      this.#gpu.queue.writeBuffer(slot, 0, Uint32Array.of(sweep.count, times, firstTransform, 0))
      compute.setBindGroup(1, this.#bind(this.#pipelines.sweepLayout, [sweep.points, slot, this.#transforms.buffer]))
      compute.dispatchWorkgroups(Math.ceil(sweep.count / groupSize))
    })
    compute.setPipeline(this.#pipelines.countGroups)
    compute.dispatchWorkgroups(1)
    compute.end()
    // A buffer cannot be bound for writing and give a dispatch its arguments at once.
    encoder.copyBufferToBuffer(this.#counters, groupsAt, this.#groups, 0, 12)
    const splat = encoder.beginComputePass()
    splat.setBindGroup(0, frame)
    splat.setPipeline(this.#pipelines.splat)
    splat.dispatchWorkgroupsIndirect(this.#groups, 0)
    splat.end()
    const grey = encoder.beginRenderPass({
      colorAttachments: [{ view: this.#colour.createView(), loadOp: 'clear', storeOp: 'store', clearValue: [0, 0, 0, 1] }],
    })
    grey.setPipeline(this.#pipelines.grey)
    grey.setBindGroup(0, this.#greyBindings)
    grey.draw(3)
    grey.end()
    this.#gpu.queue.submit([encoder.finish()])
  }

  #slot(index: number): GPUBuffer {
    this.#slots[index] ??= this.#gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    return this.#slots[index]
  }

  #bind(layout: GPUBindGroupLayout, buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.#gpu.createBindGroup({ layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) })
  }
}
