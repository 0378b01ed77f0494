/// <reference types="@webgpu/types" />
import {
  type Camera,
  composePose,
  identityPose,
  invertPose,
  type Micros,
  poseAt,
  type Pose,
  poseToMat4,
  type Scenario,
} from '@virga/scenario'
import { cameraUniformBytes, packCamera } from '../camera/pack-camera.ts'
import type { ConditionStyle } from '../condition-style.ts'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import { chooseSweeps } from './choose-sweeps.ts'
import { pointsPerGroup, tileHeight, tileWidth } from './lidar.wgsl.ts'
import { motionOf } from './moving-boxes.ts'
import { createLidarPipelines, type LidarPipelines } from './pipelines.ts'
import { SweepCache, type UploadedSweep } from './sweep-cache.ts'

/** Bytes of one `transforms` entry: three rows of four float32. */
const transformBytes = 48
const nodeBytes = 16
const counterBytes = 8
/** A 5x5 splat touches at most this many tiles of 8x4. */
const tilesPerPoint = 6

const pipelinesOf = new WeakMap<GPUDevice, LidarPipelines>()

/** A sweep as one frame draws it. */
interface DrawnSweep {
  readonly sweep: UploadedSweep
  readonly times: number
  readonly firstTransform: number
}

/** lidar-v1 of one camera: sweeps accumulated, moving points carried along, splatted in two compute passes. */
export class LidarStyle implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #pipelines: LidarPipelines
  readonly #sweeps: SweepCache
  readonly #uniform: GPUBuffer
  readonly #counters: GPUBuffer
  readonly #heads: GPUBuffer
  readonly #picture: GPUTexture
  readonly #transforms: GrowingBuffer
  readonly #slots: GPUBuffer[] = []
  readonly #tiles: readonly [number, number]
  #nodes: GPUBuffer

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(gpu: GPUDevice, scenario: Scenario, camera: Camera) {
    this.#gpu = gpu
    this.#scenario = scenario
    this.#camera = camera
    this.#pipelines = pipelinesOf.get(gpu) ?? createLidarPipelines(gpu)
    pipelinesOf.set(gpu, this.#pipelines)
    this.#sweeps = new SweepCache(gpu, scenario)
    const { width, height } = camera
    this.#tiles = [Math.ceil(width / tileWidth), Math.ceil(height / tileHeight)]
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
    this.#uniform = gpu.createBuffer({ size: cameraUniformBytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
    // Points are brought into the camera's frame by their own transforms.
    gpu.queue.writeBuffer(this.#uniform, 0, packCamera(camera, poseToMat4(identityPose)))
    this.#counters = gpu.createBuffer({ size: counterBytes, usage: storage })
    this.#heads = gpu.createBuffer({ size: this.#tiles[0] * this.#tiles[1] * 4, usage: storage })
    this.#nodes = gpu.createBuffer({ size: 2 * nodeBytes, usage: storage })
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
    this.#reserveNodes(sweeps.reduce((sum, sweep) => sum + sweep.count, 0))
    this.#submit(drawn)
    await this.#sweeps.trim()
    return this.#picture
  }

  dispose(): void {
    for (const buffer of [this.#uniform, this.#counters, this.#heads, this.#nodes, ...this.#slots]) buffer.destroy()
    this.#transforms.destroy()
    this.#picture.destroy()
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

  /** Room for all points on as many tiles as they can touch, up to what the device binds (its shader stops there). */
  #reserveNodes(points: number): void {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#gpu.limits
    const size = Math.min((points * tilesPerPoint + 1) * nodeBytes, maxStorageBufferBindingSize, maxBufferSize)
    if (size <= this.#nodes.size) return
    this.#nodes.destroy()
    this.#nodes = this.#gpu.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
  }

  #submit(drawn: readonly DrawnSweep[]): void {
    const encoder = this.#gpu.createCommandEncoder()
    encoder.clearBuffer(this.#counters)
    encoder.clearBuffer(this.#heads)
    const pass = encoder.beginComputePass()
    pass.setPipeline(this.#pipelines.project)
    pass.setBindGroup(0, this.#bind(this.#pipelines.frameLayout, [this.#uniform, this.#counters, this.#nodes, this.#heads]))
    drawn.forEach(({ sweep, times, firstTransform }, i) => {
      if (sweep.count === 0) return
      const slot = this.#slot(i)
      this.#gpu.queue.writeBuffer(slot, 0, Uint32Array.of(sweep.count, times, firstTransform, this.#tiles[0]))
      pass.setBindGroup(1, this.#bind(this.#pipelines.sweepLayout, [sweep.points, slot, this.#transforms.buffer]))
      pass.dispatchWorkgroups(Math.ceil(sweep.count / pointsPerGroup))
    })
    pass.setPipeline(this.#pipelines.splat)
    pass.setBindGroup(0, this.#bind(this.#pipelines.splatLayout, [this.#counters, this.#nodes, this.#heads], this.#picture))
    pass.dispatchWorkgroups(...this.#tiles)
    pass.end()
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
