import { VirgaError } from '@virga/errors'
import { segClassId } from '@virga/scenario'
import { documentPath } from './document-error.ts'
import { growFeather } from './grow-feather.ts'
import { nearNames } from './near-names.ts'
import { brightness, imageMask, labelledMask, type PictureMask, videoMask } from './picture-masks.ts'
import type { ControlMapScene, PixelLabels } from './scene.ts'
import type { ControlMapSpec, DistanceBand, Mask, MaskObject } from './spec.ts'

/** One frame as masks see it. */
export interface MaskFrame {
  readonly index: number
  readonly labels?: PixelLabels
}

/** A mask that is ready to be drawn: [height * width], 0..255 for 0..1. The array must not be changed. */
export type CompiledMask = (frame: MaskFrame) => Promise<Uint8Array>

/** Most masks of one map: each keeps the plane that it made last. */
const mostMasks = 256

/** Draws masks frame after frame. A mask that several rules share is drawn once a frame. */
export class MaskCompiler {
  readonly #spec: ControlMapSpec
  readonly #scene: ControlMapScene
  readonly #scale: number
  readonly #named = new Map<string, Promise<CompiledMask>>()
  readonly #coverage: { readonly path: string; covered: boolean }[] = []
  readonly #pictures: PictureMask[] = []

  constructor(spec: ControlMapSpec, scene: ControlMapScene) {
    this.#spec = spec
    this.#scene = scene
    this.#scale = spec.forWidth === undefined ? 1 : scene.width / spec.forWidth
  }

  /** Paths of masks that were drawn and have not covered any pixel yet. */
  get empty(): string[] {
    return this.#coverage.filter(({ covered }) => !covered).map(({ path }) => path)
  }

  async close(): Promise<void> {
    for (const picture of this.#pictures) await picture.close?.()
  }

  /** @param keys the mask's path in the document */
  async compile(mask: Mask, keys: readonly PropertyKey[]): Promise<CompiledMask> {
    if (typeof mask === 'string') {
      let known = this.#named.get(mask)
      if (known === undefined) {
        known = this.compile(this.#spec.masks[mask], ['masks', mask])
        this.#named.set(mask, known)
      }
      return known
    }
    if (this.#coverage.length >= mostMasks) throw this.#error('the map has too many masks', keys, `at most ${mostMasks}`)
    const drawn = { path: documentPath(keys), covered: false }
    this.#coverage.push(drawn)
    const source = await this.#source(mask, keys)
    const { width, height } = this.#scene
    const [grow, feather] = [(mask.grow ?? 0) * this.#scale, (mask.feather ?? 0) * this.#scale]
    let last: { readonly index: number; readonly plane: Promise<Uint8Array> } | undefined
    return (frame) => {
      if (last?.index !== frame.index) {
        const plane = source(frame).then((shape) => {
          const grown = growFeather(shape, width, height, grow, feather)
          drawn.covered ||= grown.some((value) => value > 0)
          return grown
        })
        last = { index: frame.index, plane }
      }
      return last.plane
    }
  }

  async #source(mask: MaskObject, keys: readonly PropertyKey[]): Promise<CompiledMask> {
    const scene = this.#scene
    const pixels = scene.width * scene.height
    if (mask.class !== undefined)
      return this.#byClass(
        mask.class.map((name) => segClassId[name]),
        keys,
      )
    if (mask.object !== undefined) {
      const wanted = new Set<string>(mask.object)
      return this.#byTrack((track) => wanted.has(track.class), keys)
    }
    if (mask.track !== undefined) {
      const wanted = new Set(mask.track)
      const ids = new Set((scene.tracks ?? []).map(({ id }) => id))
      for (const id of wanted) if (!ids.has(id)) throw this.#unknownTrack(id, ids, [...keys, 'track'])
      return this.#byTrack((track) => wanted.has(track.id), keys)
    }
    if (mask.distance !== undefined) return this.#byDistance(mask.distance, keys)
    if (mask.ownVehicle === true) {
      if (scene.ownVehicle === undefined)
        throw this.#error(
          'the drive has no mask of the own vehicle for this camera',
          [...keys, 'ownVehicle'],
          'a drive with one, or image: FILE',
        )
      const image = await scene.ownVehicle()
      const plane = brightness(image, scene, { fit: 'nearest' }).map((level) => (level > 0 ? 255 : 0))
      return async () => plane
    }
    if (mask.image !== undefined) return this.#picture(imageMask(mask.image, scene))
    if (mask.video !== undefined) return this.#picture(await videoMask(mask.video, scene, documentPath([...keys, 'video'])))
    if (mask.labelled !== undefined) return this.#picture(labelledMask(mask.labelled, scene))
    if (mask.any !== undefined) return this.#combined(mask.any, [...keys, 'any'], 0, Math.max)
    if (mask.all !== undefined) return this.#combined(mask.all, [...keys, 'all'], 255, Math.min)
    const inner = await this.compile(mask.not as Mask, [...keys, 'not'])
    return async (frame) => {
      const plane = await inner(frame)
      const result = new Uint8Array(pixels)
      for (let i = 0; i < pixels; i++) result[i] = 255 - plane[i]
      return result
    }
  }

  #picture(picture: PictureMask): CompiledMask {
    this.#pictures.push(picture)
    return ({ index }) => picture.at(index)
  }

  async #combined(
    masks: readonly Mask[],
    keys: readonly PropertyKey[],
    start: number,
    choose: (a: number, b: number) => number,
  ): Promise<CompiledMask> {
    const parts = await Promise.all(masks.map((mask, i) => this.compile(mask, [...keys, i])))
    return async (frame) => {
      const result = new Uint8Array(this.#scene.width * this.#scene.height).fill(start)
      for (const part of parts) {
        const plane = await part(frame)
        for (let i = 0; i < result.length; i++) result[i] = choose(result[i], plane[i])
      }
      return result
    }
  }

  #byClass(ids: readonly number[], keys: readonly PropertyKey[]): CompiledMask {
    return this.#byValue(
      ({ classes }) => classes,
      (id) => (ids.includes(id) ? 255 : 0),
      256,
      [...keys, 'class'],
    )
  }

  #byTrack(isWanted: (track: { id: string; class: string }) => boolean, keys: readonly PropertyKey[]): CompiledMask {
    const tracks = this.#scene.tracks ?? []
    const value = (label: number) => (label > 0 && label <= tracks.length && isWanted(tracks[label - 1]) ? 255 : 0)
    return this.#byValue(({ tracks: labels }) => labels, value, 65_536, keys)
  }

  #byValue(
    of: (labels: PixelLabels) => Uint8Array | Uint16Array,
    value: (label: number) => number,
    count: number,
    keys: readonly PropertyKey[],
  ): CompiledMask {
    this.#expectLabels(keys)
    const table = Uint8Array.from({ length: count }, (_, label) => value(label))
    return async ({ labels }) => {
      const values = of(labels as PixelLabels)
      const result = new Uint8Array(values.length)
      for (let i = 0; i < result.length; i++) result[i] = table[values[i]]
      return result
    }
  }

  #byDistance({ from, to, soft }: DistanceBand, keys: readonly PropertyKey[]): CompiledMask {
    this.#expectLabels([...keys, 'distance'])
    const end = to === Number.MAX_VALUE ? Infinity : to
    const value = (metres: number): number => {
      const beyond = Math.max(from - metres, metres - end)
      if (beyond <= 0 || Number.isNaN(beyond)) return 255
      return beyond < soft ? Math.round(255 * (1 - beyond / soft)) : 0
    }
    return async ({ labels }) => {
      const { depth } = labels as PixelLabels
      const result = new Uint8Array(depth.length)
      for (let i = 0; i < result.length; i++) result[i] = value(depth[i] > 0 ? depth[i] : Infinity)
      return result
    }
  }

  #expectLabels(keys: readonly PropertyKey[]): void {
    if (this.#scene.labels === undefined)
      throw this.#error('this mask is drawn from a drive, and none is at hand', keys, 'a drive with a camera, or image: or video:')
  }

  #unknownTrack(id: string, ids: ReadonlySet<string>, keys: readonly PropertyKey[]): VirgaError {
    const near = nearNames(id, ids)
    const some =
      near.length > 0
        ? `one of the drive's tracks; near it: ${near.join(', ')}`
        : `one of the drive's ${ids.size} tracks${ids.size === 0 ? '' : `, such as ${[...ids].slice(0, 3).join(', ')}`}`
    return this.#error(`no track ${id}`, keys, some)
  }

  #error(what: string, keys: readonly PropertyKey[], expected: string): VirgaError {
    return new VirgaError('VIRGA_BAD_INPUT', what, {
      ...(this.#scene.file === undefined ? {} : { file: this.#scene.file }),
      field: documentPath(keys),
      expected,
    })
  }
}
