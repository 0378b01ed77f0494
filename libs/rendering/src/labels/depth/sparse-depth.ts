import type { Camera, Micros, Scenario, Vec3 } from '@virga/scenario'
import { createBatch, batchSize, pointProjection, type PointProjection } from '../../lidar/arrays/project-points.ts'
import { viewSides } from '../../lidar/arrays/view-sides.ts'
import { visibleRuns } from '../../lidar/arrays/visible-runs.ts'
import { chooseSweeps } from '../../lidar/choose-sweeps.ts'
import { sweepTransforms } from '../../lidar/frame-sweeps.ts'
import { type PreparedSweep, prepareSweep } from '../../lidar/prepare-sweep.ts'
import { SweepStore } from '../../lidar/sweep-store.ts'

/** LiDAR returns in a picture, the nearest of each pixel. */
export interface SparseDepth {
  /** Pixel numbers, ascending. */
  readonly pixels: Uint32Array
  /** Metres along the camera's z. */
  readonly depth: Float32Array
}

/** The sweeps of a frame are those of the LiDAR condition: the nearest and two to each side, points of moving boxes carried along. */
const rules = { sweepsEachSide: 2, farthestSweepUs: 350_000, nearCut: 3, boxScale: 1.2 } as const

/** Accumulated LiDAR as one camera sees it. */
export class SparseDepthSource {
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #store: SweepStore<PreparedSweep>
  readonly #sides: readonly Vec3[]
  readonly #project: PointProjection
  readonly #batch = createBatch()

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(scenario: Scenario, camera: Camera) {
    const { width, height } = camera
    this.#scenario = scenario
    this.#camera = camera
    this.#sides = viewSides(camera, 0)
    this.#project = pointProjection(camera.model, { width, height, margin: 0 })
    this.#store = new SweepStore({
      load: async (index) => prepareSweep(await scenario.sweeps[index].load(), scenario, rules),
      perUser: 2 * rules.sweepsEachSide + 2,
      bytes: ({ points }) => points.byteLength,
      free: () => undefined,
    })
    this.#store.open()
  }

  async at(timeUs: Micros): Promise<SparseDepth> {
    const chosen = chooseSweeps(this.#scenario, timeUs, rules)
    const { sweeps, release } = await this.#store.hold(chosen.map(({ index }) => index))
    try {
      return this.#nearest(timeUs, sweeps)
    } finally {
      release()
    }
  }

  close(): void {
    this.#store.close()
  }

  #nearest(timeUs: Micros, sweeps: readonly PreparedSweep[]): SparseDepth {
    const { width, height } = this.#camera
    const nearest = new Float32Array(width * height)
    const { u, v, z } = this.#batch
    const { runs } = visibleRuns(sweeps, sweepTransforms(this.#scenario, this.#camera, timeUs, sweeps), this.#sides)
    for (const { sweep, first, count, points_to_camera } of runs) {
      for (let at = first; at < first + count; at += batchSize) {
        const seen = this.#project(points_to_camera, sweeps[sweep].points, at, Math.min(batchSize, first + count - at), this.#batch)
        for (let i = 0; i < seen; i++) {
          const pixel = Math.floor(v[i]) * width + Math.floor(u[i])
          if (nearest[pixel] === 0 || z[i] < nearest[pixel]) nearest[pixel] = z[i]
        }
      }
    }
    const found = new Uint32Array(nearest.length)
    let count = 0
    for (let pixel = 0; pixel < nearest.length; pixel++) if (nearest[pixel] > 0) found[count++] = pixel
    const pixels = found.slice(0, count)
    const depth = new Float32Array(count)
    for (let i = 0; i < count; i++) depth[i] = nearest[pixels[i]]
    return { pixels, depth }
  }
}
