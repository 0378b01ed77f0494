/// <reference types="@webgpu/types" />
import { composePose, type LidarSweepSource, type Pose, poseAt, type Scenario } from '@virga/scenario'
import { type MovingBox, movingBoxes, numberPoints } from './moving-boxes.ts'

/** A sweep on the GPU: points farther than the near cut, each with the number of the box that carries it. */
export interface UploadedSweep {
  readonly points_to_world: Pose
  readonly boxes: readonly MovingBox[]
  readonly count: number
  readonly points: GPUBuffer
}

/** Returns nearer than this to the sensor are the vehicle itself, metres (Cosmos-Drive-Dreams, pcd_utils.py). */
const nearCut = 3

/** Sweeps kept: the five of a frame and the next one, which is loaded ahead. */
const keptSweeps = 6

/** Loads and uploads each sweep once, and forgets those that frames have left behind. */
export class SweepCache {
  readonly #gpu: GPUDevice
  readonly #scenario: Scenario
  readonly #sweeps = new Map<number, Promise<UploadedSweep>>()

  constructor(gpu: GPUDevice, scenario: Scenario) {
    this.#gpu = gpu
    this.#scenario = scenario
  }

  /** The sweep, loaded if need be; using it makes it the last to be forgotten. */
  get(index: number): Promise<UploadedSweep> {
    const sweep = this.#sweeps.get(index) ?? this.#load(this.#scenario.sweeps[index])
    this.#sweeps.delete(index)
    this.#sweeps.set(index, sweep)
    return sweep
  }

  /** Starts loading a sweep that will be wanted soon; its failure shows when it is wanted. */
  prefetch(index: number): void {
    if (index < this.#scenario.sweeps.length && !this.#sweeps.has(index)) this.get(index).catch(() => undefined)
  }

  /** Call after a frame: frees what has not been used for longest. */
  async trim(): Promise<void> {
    for (const [index, sweep] of this.#sweeps) {
      if (this.#sweeps.size <= keptSweeps) return
      this.#sweeps.delete(index)
      ;(await sweep).points.destroy()
    }
  }

  async dispose(): Promise<void> {
    const loaded = await Promise.allSettled(this.#sweeps.values())
    for (const sweep of loaded) if (sweep.status === 'fulfilled') sweep.value.points.destroy()
    this.#sweeps.clear()
  }

  async #load(source: LidarSweepSource): Promise<UploadedSweep> {
    const { points, points_to_vehicle, timeUs } = await source.load()
    const points_to_world = composePose(poseAt(this.#scenario.ego, timeUs), points_to_vehicle)
    const boxes = movingBoxes(this.#scenario.tracks, timeUs)
    const numbers = numberPoints(points, points_to_world, boxes)
    const floats = new Float32Array((points.length / 3) * 4)
    const words = new Uint32Array(floats.buffer)
    let count = 0
    for (let i = 0; i < numbers.length; i += 1) {
      const [x, y, z] = [points[i * 3], points[i * 3 + 1], points[i * 3 + 2]]
      // Written so that NaN fails it too.
      if (!(x * x + y * y + z * z >= nearCut * nearCut)) continue
      floats[count * 4] = x
      floats[count * 4 + 1] = y
      floats[count * 4 + 2] = z
      words[count * 4 + 3] = numbers[i]
      count += 1
    }
    const buffer = this.#gpu.createBuffer({ size: Math.max(count, 1) * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
    if (count > 0) this.#gpu.queue.writeBuffer(buffer, 0, floats.buffer, 0, count * 16)
    return { points_to_world, boxes, count, points: buffer }
  }
}
