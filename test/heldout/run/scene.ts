import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { edgeControl, strengthOf, visControl } from '@virga/conditions'
import { parseNpy } from '@virga/formats'
import type { BundleManifest } from '@virga/models'
import type { RenderDevice } from '@virga/rendering'
import type { RgbImage } from '@virga/scenario'
import { type Look, lookName, scenePath, simulatorVersion, writeScene } from '@virga/simulation'
import type { Truth } from './figures.ts'
import { cacheRoot, driveFrames, sourceLook } from './plan.ts'

/** Files of the training set's layout, by the control that each is. */
const conditionFiles = { hdmap: 'hdmap.npy', lidar: 'lidar.npy', depth: 'control_depth.npy', seg: 'control_seg.npy' } as const

/**
 * A held-out drive as the training set's exporter writes it: its own render in the asked looks, exact depth and classes, and the conditions. Kept on
 * disk below `.cache/heldout`, so only the first run renders.
 */
export class HeldOutScene {
  readonly #folder: string
  readonly #frames: number

  private constructor(folder: string, frames: number) {
    this.#folder = folder
    this.#frames = frames
  }

  static async open(
    openDevice: () => Promise<RenderDevice>,
    seed: number,
    looks: readonly Look[],
    frames = driveFrames,
  ): Promise<HeldOutScene> {
    const others = looks.filter((look) => lookName(look) !== lookName(sourceLook))
    const plan = { split: 'test', seed, frames, looks: [sourceLook, ...others] } as const
    const names = plan.looks.map(lookName).sort().join('+')
    const root = join(cacheRoot, 'scenes', `${simulatorVersion.replaceAll('/', '-')}-${frames}`, names)
    const folder = scenePath(root, plan)
    if (!existsSync(join(folder, 'scene.json'))) await writeScene(await openDevice(), root, plan)
    return new HeldOutScene(folder, frames)
  }

  rgb(look: Look): Promise<RgbImage[]> {
    return this.#images(`rgb_${look.weather}_${look.lighting}.npy`)
  }

  /**
   * @param judged the judges' index of each class id
   * @param count the first frames
   */
  async truth(look: Look, judged: Uint8Array, count: number): Promise<Truth> {
    const seg = (await this.segmentation()).slice(0, count)
    return {
      frames: (await this.rgb(look)).slice(0, count),
      classes: seg.map((ids) => ids.map((id) => judged[id])),
      depth: (await this.depth()).slice(0, count),
    }
  }

  /** Class ids of segClasses. */
  async segmentation(): Promise<Uint8Array[]> {
    const { values } = await this.#array('seg.npy')
    return split(values as Uint8Array, this.#frames)
  }

  async depth(): Promise<Float32Array[]> {
    const { values } = await this.#array('depth.npy')
    return split(values as Float32Array, this.#frames)
  }

  /** The LiDAR condition: its lit pixels are where the LiDAR measured. */
  lidar(): Promise<RgbImage[]> {
    return this.#images(conditionFiles.lidar)
  }

  /** Every control of the bundle that the drive has, as the runtime would feed it. */
  async conditions(manifest: BundleManifest): Promise<Map<string, RgbImage[]>> {
    const made = new Map<string, RgbImage[]>()
    const source = await this.rgb(sourceLook)
    for (const [control, { preset }] of Object.entries(manifest.controls)) {
      if (control === 'vis')
        made.set(
          control,
          source.map((image) => visControl(image, strengthOf(preset ?? 'medium'))),
        )
      else if (control === 'edge')
        made.set(
          control,
          source.map((image) => edgeControl(image, strengthOf(preset ?? 'medium'))),
        )
      else {
        const file = conditionFiles[control as keyof typeof conditionFiles] as string | undefined
        if (file !== undefined && existsSync(join(this.#folder, file))) made.set(control, await this.#images(file))
      }
    }
    return made
  }

  async #images(name: string): Promise<RgbImage[]> {
    const { values, shape } = await this.#array(name)
    const [frames, height, width] = shape
    return split(values as Uint8Array, frames).map((data) => ({ width, height, data }))
  }

  async #array(name: string) {
    const file = join(this.#folder, name)
    return parseNpy(await readFile(file), { file })
  }
}

/** Equal parts of an array, as views. */
function split<T extends Uint8Array | Float32Array>(values: T, parts: number): T[] {
  const size = values.length / parts
  return Array.from({ length: parts }, (_, i) => values.subarray(i * size, (i + 1) * size) as T)
}
