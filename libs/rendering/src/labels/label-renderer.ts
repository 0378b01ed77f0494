/// <reference types="@webgpu/types" />
import {
  type Camera,
  cameraPoseAt,
  type GroundHeight,
  invertPose,
  type Micros,
  type Pose,
  poseToMat4,
  type Scenario,
  segClassId,
} from '@virga/scenario'
import { GrowingBuffer } from '../device/growing-buffer.ts'
import type { RenderDevice } from '../device/render-device.ts'
import { layDecals } from './decal-grid.ts'
import { type Decal, decalsOf } from './decals.ts'
import { egoPlace, groundReach, GroundSource } from './ground.ts'
import { type HeightGrid, levelled, maximumPyramid, meanSlope } from './height-grid.ts'
import { horizonBins, horizonSlopes } from './horizon.ts'
import type { LabelFrame } from './label-frame.ts'
import { groupSide, labelsWgsl } from './labels.wgsl.ts'
import { type RayTable, rayTable } from './ray-table.ts'
import { mapSolids, type Solid, trackSolids } from './solids.ts'
import { tileLists } from './tile-lists.ts'

/** The ground is laid anew when the camera is this far from its middle, metres. */
const groundStep = 32

/** Twenty words, and the horizon. */
const uniformBytes = 80 + horizonBins * 4
const bytesPerPixel = 12

/** The ground around world x, y, on the GPU relative to world height `base`. */
interface LaidGround {
  readonly grid: HeightGrid
  readonly x: number
  readonly y: number
  readonly base: number
  /** Slope of the plane that is subtracted from the heights, along x and y. */
  readonly slope: readonly [number, number]
  /** Of the heights without the plane, relative to `base`. */
  readonly maxima: Float32Array
}

const pipelineOf = new WeakMap<GPUDevice, GPUComputePipeline>()

/** A frame, and what its pixels' places in the world are found with. */
export interface DrawnLabels {
  readonly frame: LabelFrame
  /** Per pixel the class of what lies behind a track's box: the ground there, or the sky. */
  readonly behind: Uint8Array
  /** Per pixel of a track's box how far the ray goes through it, eighths of a metre. */
  readonly through: Uint8Array
  readonly camera_to_world: Pose
  readonly ground: HeightGrid
  /** Four values a pixel, see `RayTable`. */
  readonly rays: Float32Array
}

/** The labels of one camera, frame by frame. */
export class LabelRenderer {
  readonly #device: RenderDevice
  readonly #scenario: Scenario
  readonly #camera: Camera
  readonly #table: RayTable
  readonly #source: GroundSource
  readonly #decals: readonly Decal[]
  readonly #solids: readonly Solid[]
  readonly #pipeline: GPUComputePipeline
  readonly #uniform: GPUBuffer
  readonly #rays: GPUBuffer
  readonly #labels: GPUBuffer
  readonly #buffers: Record<'heights' | 'decals' | 'cells' | 'list' | 'solids' | 'tiles', GrowingBuffer>
  #ground: LaidGround | undefined

  /** @param camera its model scaled to its own width and height, which are the picture's */
  constructor(device: RenderDevice, scenario: Scenario, camera: Camera, raster: GroundHeight | undefined) {
    const { gpu } = device
    this.#device = device
    this.#scenario = scenario
    this.#camera = camera
    this.#table = rayTable(camera)
    this.#source = new GroundSource(scenario, raster)
    this.#decals = decalsOf(scenario)
    this.#solids = mapSolids(scenario.map)
    this.#pipeline =
      pipelineOf.get(gpu) ??
      gpu.createComputePipeline({ layout: 'auto', compute: { module: gpu.createShaderModule({ label: 'labels', code: labelsWgsl }) } })
    pipelineOf.set(gpu, this.#pipeline)
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage
    this.#uniform = gpu.createBuffer({ size: uniformBytes, usage: UNIFORM | COPY_DST })
    this.#rays = gpu.createBuffer({ size: this.#table.rays.byteLength, usage: STORAGE | COPY_DST })
    gpu.queue.writeBuffer(this.#rays, 0, this.#table.rays.buffer)
    this.#labels = gpu.createBuffer({ size: camera.width * camera.height * bytesPerPixel, usage: STORAGE | COPY_SRC })
    const growing = (): GrowingBuffer => new GrowingBuffer(gpu, STORAGE)
    this.#buffers = { heights: growing(), decals: growing(), cells: growing(), list: growing(), solids: growing(), tiles: growing() }
  }

  /** Draws a frame and starts reading it; the next may be drawn before this one has arrived. */
  async draw(timeUs: Micros): Promise<DrawnLabels> {
    const { gpu } = this.#device
    const { width, height } = this.#camera
    const camera_to_world = cameraPoseAt(this.#scenario, this.#camera, timeUs)
    const { grid, x, y, base, slope, maxima } = this.#groundAt(camera_to_world.translation, timeUs)
    const { tilesAcross } = this.#table
    const m = poseToMat4(camera_to_world)
    const uniform = new ArrayBuffer(uniformBytes)
    const floats = new Float32Array(uniform)
    floats.set([m[0], m[1], m[2], m[3] - x, m[4], m[5], m[6], m[7] - y, m[8], m[9], m[10], m[11] - base])
    new Uint32Array(uniform).set([width, height, tilesAcross, grid.cells], 12)
    floats.set([grid.spacing, 1 / grid.spacing, ...slope], 16)
    const [cx, cy, cz] = [m[3] - x, m[7] - y, m[11] - base]
    const overPlane = cz - slope[0] * cx - slope[1] * cy
    floats.set(horizonSlopes(maxima, grid.cells, grid.spacing, cx + groundReach, cy + groundReach, overPlane), 20)
    gpu.queue.writeBuffer(this.#uniform, 0, uniform)

    const solids = [...this.#solids, ...trackSolids(this.#scenario, timeUs)]
    const lists = tileLists(solids, poseToMat4(invertPose(camera_to_world)), this.#table)
    write(this.#buffers.solids, new Uint8Array(lists.solids))
    const tiles = new Uint32Array(lists.starts.length + lists.list.length)
    tiles.set(lists.starts.map((start) => start + lists.starts.length))
    tiles.set(lists.list, lists.starts.length)
    write(this.#buffers.tiles, tiles)

    this.#submit()
    const unpacked = unpack(await this.#device.readback.readBuffer(this.#labels), width, height, timeUs)
    return { ...unpacked, camera_to_world, ground: grid, rays: this.#table.rays }
  }

  dispose(): void {
    for (const buffer of [this.#uniform, this.#rays, this.#labels, ...Object.values(this.#buffers)]) buffer.destroy()
  }

  /** The ground around a place in the world; laid anew, and uploaded, when the camera has left the middle of the last. */
  #groundAt([cx, cy]: readonly [number, number, number], timeUs: Micros): LaidGround {
    const old = this.#ground
    if (old !== undefined && Math.max(Math.abs(cx - old.x), Math.abs(cy - old.y)) <= groundStep) return old
    const base = egoPlace(this.#scenario, timeUs)[2]
    const [x, y] = [Math.round(cx), Math.round(cy)]
    const grid = this.#source.around(x, y, base)
    const slope = meanSlope(grid)
    const level = levelled(grid, base, slope)
    const maxima = maximumPyramid(level, grid.cells)
    const heights = new Float32Array(level.length + maxima.length)
    heights.set(level)
    heights.set(maxima, level.length)
    const { primitives, cells, list } = layDecals(this.#decals, grid, segClassId.terrain)
    write(this.#buffers.heights, heights)
    write(this.#buffers.decals, primitives)
    write(this.#buffers.cells, cells)
    write(this.#buffers.list, list)
    return (this.#ground = { grid, x, y, base, slope, maxima })
  }

  #submit(): void {
    const { gpu } = this.#device
    const { width, height } = this.#camera
    const { heights, decals, cells, list, solids, tiles } = this.#buffers
    const growing = [heights, decals, cells, list, solids, tiles].map(({ buffer }) => buffer)
    const bound = [this.#uniform, this.#rays, ...growing, this.#labels]
    const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }))
    const encoder = gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(this.#pipeline)
    pass.setBindGroup(0, gpu.createBindGroup({ layout: this.#pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(Math.ceil(width / groupSide), Math.ceil(height / groupSide))
    pass.end()
    gpu.queue.submit([encoder.finish()])
  }
}

function write(buffer: GrowingBuffer, data: ArrayBufferView): void {
  buffer.write(data.buffer, data.byteLength)
}

function unpack(bytes: ArrayBuffer, width: number, height: number, timeUs: Micros): Pick<DrawnLabels, 'frame' | 'behind' | 'through'> {
  const words = new Uint32Array(bytes)
  const floats = new Float32Array(bytes)
  const count = width * height
  const classes = new Uint8Array(count)
  const tracks = new Uint16Array(count)
  const depth = new Float32Array(count)
  const up = new Uint8Array(count)
  const faces = new Uint8Array(count)
  const across = new Uint8Array(count)
  const behind = new Uint8Array(count)
  const through = new Uint8Array(count)
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const what = words[at]
    classes[i] = what & 255
    behind[i] = (what >>> 8) & 255
    tracks[i] = what >>> 16
    depth[i] = floats[at + 1]
    const place = words[at + 2]
    if (place === 0) continue
    up[i] = place & 255
    across[i] = (place >>> 8) & 255
    faces[i] = (place >>> 16) & 255
    through[i] = place >>> 24
  }
  return { frame: { width, height, timeUs, classes, tracks, depth, up, faces, across }, behind, through }
}
