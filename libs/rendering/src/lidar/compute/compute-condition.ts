/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import { type Camera, identityPose, type Mat4, type Micros, poseToMat4, type Scenario } from '@virga/scenario'
import { cameraUniformBytes, packCamera } from '../../camera/pack-camera.ts'
import type { ConditionStyle } from '../../condition-style.ts'
import { GrowingBuffer } from '../../device/growing-buffer.ts'
import { chooseSweeps, sweepAfter } from '../choose-sweeps.ts'
import type { PointDescription } from '../description.ts'
import { sweepTransforms } from '../frame-sweeps.ts'
import type { SweepStore } from '../sweep-store.ts'
import { groupSize, groupsPerRow, splatReach } from './lidar.wgsl.ts'
import type { LidarPipelines } from './pipelines.ts'
import type { UploadedSweep } from './upload-sweep.ts'

/** Bytes of one `transforms` entry: three rows of four float32. */
const transformBytes = 48
/** One entry of `visible`: four float32. */
const pointBytes = 16
/** Two counters and three dispatch arguments. */
const counterBytes = 20
const groupsAt = 8

/** One camera's points splatted in compute passes. */
export class ComputeCondition implements ConditionStyle {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #description: PointDescription
  readonly #pipelines: LidarPipelines
  readonly #store: SweepStore<UploadedSweep>
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
  constructor(
    gpu: GPUDevice,
    scenario: Scenario,
    camera: Camera,
    description: PointDescription,
    pipelines: LidarPipelines,
    store: SweepStore<UploadedSweep>,
  ) {
    this.#gpu = gpu
    this.#scenario = scenario
    this.#camera = camera
    this.#description = description
    this.#pipelines = pipelines
    this.#store = store
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
      usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_SRC,
    })
    store.open()
  }

  async draw(timeUs: Micros): Promise<GPUTexture> {
    const chosen = chooseSweeps(this.#scenario, timeUs, this.#description)
    const { sweeps, release } = await this.#store.hold(chosen.map(({ index }) => index))
    try {
      const next = sweepAfter(this.#scenario, chosen)
      if (next !== undefined) this.#store.prefetch(next)
      this.#writeTransforms(sweepTransforms(this.#scenario, this.#camera, timeUs, sweeps))
      this.#reserveVisible(sweeps.reduce((sum, sweep) => sum + sweep.count, 0))
      const times = chosen.map((sweep) => sweep.times)
      this.#submit(sweeps, times)
    } finally {
      release()
    }
    return this.#picture
  }

  dispose(): void {
    for (const buffer of [this.#uniform, this.#counters, this.#groups, this.#visible, ...this.#pixels, ...this.#slots]) buffer.destroy()
    this.#transforms.destroy()
    this.#picture.destroy()
    this.#store.close()
  }

  #writeTransforms(transforms: readonly (readonly (Mat4 | undefined)[])[]): void {
    const all = transforms.flat()
    const data = new Float32Array((all.length * transformBytes) / 4)
    all.forEach((m, index) => {
      if (m !== undefined) data.set(m.subarray(0, 12), index * 12)
      // What is gone at this time goes behind the camera.
      else data[index * 12 + 11] = -1
    })
    this.#transforms.write(data.buffer, data.byteLength)
  }

  #reserveVisible(points: number): void {
    if (points * pointBytes <= this.#visible.size) return
    const most = Math.floor(this.#gpu.limits.maxStorageBufferBindingSize / pointBytes)
    if (points > most) {
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `the sweeps of one frame of ${this.#scenario.id} have ${points} points`, {
        expected: `at most ${most} on this device`,
      })
    }
    this.#visible.destroy()
    this.#visible = this.#gpu.createBuffer({ size: points * pointBytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
  }

  #submit(sweeps: readonly UploadedSweep[], times: readonly number[]): void {
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
    let firstTransform = 0
    sweeps.forEach(({ count, points, boxes }, i) => {
      const slot = this.#slot(i)
      this.#gpu.queue.writeBuffer(slot, 0, Uint32Array.of(count, times[i], firstTransform, groupsPerRow * groupSize))
      firstTransform += 1 + boxes.length
      if (count === 0) return
      const groups = Math.ceil(count / groupSize)
      before.setBindGroup(1, this.#bind(sweepLayout, [points, slot, this.#transforms.buffer]))
      before.dispatchWorkgroups(Math.min(groups, groupsPerRow), Math.ceil(groups / groupsPerRow))
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
