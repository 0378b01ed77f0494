/// <reference types="@webgpu/types" />
import {
  type Camera,
  cameraPoseAt,
  composePose,
  identityPose,
  invertPose,
  type Micros,
  type Pose,
  poseToMat4,
  type Scenario,
} from '@virga/scenario'
import { cameraUniformBytes, packCamera } from '../camera/pack-camera.ts'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { chooseSweeps } from './choose-sweeps.ts'
import { groupSize, splatReach } from './lidar.wgsl.ts'
import { motionOf } from './moving-boxes.ts'
import { createLidarPipelines, type LidarPipelines } from './pipelines.ts'
import { SweepCache, type UploadedSweep } from './sweep-cache.ts'

/** Bytes of one `transforms` entry: three rows of four float32. */
const transformBytes = 48
/** One entry of `visible`: four float32. */
const pointBytes = 16
/** Two counters and three dispatch arguments. */
const counterBytes = 20
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
  /** The arguments of the splat dispatch: a buffer cannot be written by a pass and give it its arguments. */
  readonly #groups: GPUBuffer
  /** Per pixel: own, rows, nearest, weights, offsets, as in lidar.wgsl.ts. */
  readonly #pixels: readonly GPUBuffer[]
  readonly #picture: GPUTexture
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
    this.#sweeps = new SweepCache(gpu, scenario)
    const { width, height } = camera
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
    this.#uniform = gpu.createBuffer({ size: cameraUniformBytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    // Points are brought into the camera's frame by their own transforms.
    gpu.queue.writeBuffer(this.#uniform, 0, packCamera(camera, poseToMat4(identityPose)))
    this.#counters = gpu.createBuffer({ size: counterBytes, usage: storage | GPUBufferUsage.COPY_SRC })
    this.#groups = gpu.createBuffer({ size: 12, usage: GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST })
    const padded = height + 2 * splatReach
    const counts = [(width + 2 * splatReach) * padded, width * padded, width * height, width * height, width * height]
    this.#pixels = counts.map((count) => gpu.createBuffer({ size: count * 4, usage: storage }))
    this.#visible = gpu.createBuffer({ size: pointBytes, usage: storage })
    this.#transforms = new GrowingBuffer(gpu, GPUBufferUsage.STORAGE)
    this.#picture = gpu.createTexture({
      size: { width, height },
      format: 'rgba8unorm',
      usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_SRC,
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
    this.#submit(drawn)
    await this.#sweeps.trim()
    return this.#picture
  }

  dispose(): void {
    for (const buffer of [this.#uniform, this.#counters, this.#groups, this.#visible, ...this.#pixels, ...this.#slots]) buffer.destroy()
    this.#transforms.destroy()
    this.#picture.destroy()
    void this.#sweeps.dispose()
  }

  /** points_to_camera of everything that stands still and of every box, computed in float64: city coordinates cancel here. */
  #writeTransforms(drawn: readonly DrawnSweep[], count: number, timeUs: Micros): void {
    const world_to_camera = invertPose(cameraPoseAt(this.#scenario, this.#camera, timeUs))
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
    if (points * pointBytes <= this.#visible.size) return
    this.#visible.destroy()
    this.#visible = this.#gpu.createBuffer({ size: points * pointBytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
  }

  #submit(drawn: readonly DrawnSweep[]): void {
    const { width, height } = this.#camera
    const { passes, frameLayout, sweepLayout } = this.#pipelines
    const columns = Math.ceil(width / groupSize)
    const [own, , , weights, offsets] = this.#pixels
    const encoder = this.#gpu.createCommandEncoder()
    for (const buffer of [this.#counters, own, weights, offsets]) encoder.clearBuffer(buffer)
    const frame = this.#bind(frameLayout, [this.#uniform, this.#counters, this.#visible, ...this.#pixels], this.#picture)
    const before = encoder.beginComputePass()
    before.setBindGroup(0, frame)
    before.setPipeline(passes.project_points)
    drawn.forEach(({ sweep, times, firstTransform }, i) => {
      if (sweep.count === 0) return
      const slot = this.#slot(i)
      this.#gpu.queue.writeBuffer(slot, 0, Uint32Array.of(sweep.count, times, firstTransform, 0))
      before.setBindGroup(1, this.#bind(sweepLayout, [sweep.points, slot, this.#transforms.buffer]))
      before.dispatchWorkgroups(Math.ceil(sweep.count / groupSize))
    })
    before.setPipeline(passes.spread_rows)
    before.dispatchWorkgroups(columns, height + 2 * splatReach)
    before.setPipeline(passes.spread_columns)
    before.dispatchWorkgroups(columns, height)
    before.setPipeline(passes.count_groups)
    before.dispatchWorkgroups(1)
    before.end()
    encoder.copyBufferToBuffer(this.#counters, groupsAt, this.#groups, 0, 12)
    const after = encoder.beginComputePass()
    after.setBindGroup(0, frame)
    after.setPipeline(passes.splat_points)
    after.dispatchWorkgroupsIndirect(this.#groups, 0)
    after.setPipeline(passes.paint)
    after.dispatchWorkgroups(columns, height)
    after.end()
    this.#gpu.queue.submit([encoder.finish()])
  }

  #slot(index: number): GPUBuffer {
    this.#slots[index] ??= this.#gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    return this.#slots[index]
  }

  #bind(layout: GPUBindGroupLayout, buffers: readonly GPUBuffer[], texture?: GPUTexture): GPUBindGroup {
    const entries: GPUBindGroupEntry[] = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }))
    if (texture !== undefined) entries.push({ binding: buffers.length, resource: texture.createView() })
    return this.#gpu.createBindGroup({ layout, entries })
  }
}
