/// <reference types="@webgpu/types" />
import type { PreparedSweep } from '../prepare-sweep.ts'

/** A sweep on the GPU. */
export interface UploadedSweep extends Pick<PreparedSweep, 'points_to_world' | 'boxes'> {
  readonly count: number
  /** Per point x, y, z in the sweep's frame and the bits of its transform's number: 0 stands still, k moves with `boxes[k - 1]`. */
  readonly points: GPUBuffer
}

const pointBytes = 16

export function uploadSweep(gpu: GPUDevice, { points, groups, points_to_world, boxes }: PreparedSweep): UploadedSweep {
  const count = points.length / 3
  const floats = new Float32Array(count * 4)
  const words = new Uint32Array(floats.buffer)
  for (const { first, count: size, box } of groups) {
    for (let i = first; i < first + size; i += 1) {
      floats[4 * i] = points[3 * i]
      floats[4 * i + 1] = points[3 * i + 1]
      floats[4 * i + 2] = points[3 * i + 2]
      words[4 * i + 3] = box
    }
  }
  const buffer = gpu.createBuffer({ size: Math.max(count, 1) * pointBytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST })
  if (count > 0) gpu.queue.writeBuffer(buffer, 0, floats)
  return { points_to_world, boxes, count, points: buffer }
}
