/// <reference types="@webgpu/types" />
import type { Camera, Micros, Scenario, Vec3 } from '@virga/scenario'
import type { ConditionStyle, GreyImage } from '../../condition-style.ts'
import { chooseSweeps, sweepAfter } from '../choose-sweeps.ts'
import type { PointDescription } from '../description.ts'
import { sweepTransforms } from '../frame-sweeps.ts'
import type { PreparedSweep } from '../prepare-sweep.ts'
import type { SweepStore } from '../sweep-store.ts'
import { type DepthSums, splatReach } from './depth-sums.ts'
import { lendSums, returnSums } from './lent-sums.ts'
import { batchSize, createBatch, type PointProjection, pointProjection } from './project-points.ts'
import { viewSides } from './view-sides.ts'
import { visibleRuns } from './visible-runs.ts'

/** One camera's points splatted in typed arrays, in float64: what a rasteriser without a GPU would take several times longer for. */
export class ArrayCondition implements ConditionStyle {
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #description: PointDescription
  readonly #store: SweepStore<PreparedSweep>
  readonly #project: PointProjection
  readonly #sides: readonly Vec3[]
  readonly #sums: DepthSums
  readonly #batch = createBatch()

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(scenario: Scenario, camera: Camera, description: PointDescription, store: SweepStore<PreparedSweep>) {
    const { width, height } = camera
    this.#scenario = scenario
    this.#camera = camera
    this.#description = description
    this.#store = store
    this.#project = pointProjection(camera.model, { width, height, margin: splatReach })
    this.#sides = viewSides(camera, splatReach)
    this.#sums = lendSums(width, height)
    store.open()
  }

  async draw(timeUs: Micros): Promise<GreyImage> {
    const chosen = chooseSweeps(this.#scenario, timeUs, this.#description)
    const { sweeps, release } = await this.#store.hold(chosen.map(({ index }) => index))
    try {
      const next = sweepAfter(this.#scenario, chosen)
      if (next !== undefined) this.#store.prefetch(next)
      const times = chosen.map((sweep) => sweep.times)
      return this.#splat(timeUs, sweeps, times)
    } finally {
      release()
    }
  }

  dispose(): void {
    returnSums(this.#sums)
    this.#store.close()
  }

  #splat(timeUs: Micros, sweeps: readonly PreparedSweep[], times: readonly number[]): GreyImage {
    const { splat, white } = this.#description
    const transforms = sweepTransforms(this.#scenario, this.#camera, timeUs, sweeps)
    const { runs, farthest } = visibleRuns(sweeps, transforms, this.#sides)
    const steepness = splat.sharpness / Math.log(1 + Math.min(farthest, splat.farthest))
    for (const { sweep, first, count, points_to_camera } of runs) {
      const { points } = sweeps[sweep]
      for (let at = first; at < first + count; at += batchSize) {
        const size = Math.min(batchSize, first + count - at)
        const seen = this.#project(points_to_camera, points, at, size, this.#batch)
        this.#sums.add(this.#batch, seen, { steepness, farthest: splat.farthest }, times[sweep])
      }
    }
    return this.#sums.paint(white)
  }
}
