import { createHash } from 'node:crypto'
import { expectShape, latentFrames, type Tensor } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import { videoTensor } from './frames.ts'
import { outputOf } from './graph.ts'
import type { GraphStore } from './graph-store.ts'
import type { BundleManifest } from './manifest.ts'

/** Bytes of latents that are remembered. */
const CACHED = 192 * 2 ** 20

/**
 * The bundle's video tokenizer. Latents of control videos are remembered by content: a drive's variants share their controls, and encoding them is
 * a large part of the work.
 */
export class Tokenizer {
  readonly #graphs: GraphStore
  readonly #manifest: BundleManifest
  readonly #cache = new Map<string, Tensor>()

  constructor(graphs: GraphStore, manifest: BundleManifest) {
    this.#graphs = graphs
    this.#manifest = manifest
  }

  /**
   * @param frames 8 m + 1 frames at the bundle's size
   * @returns [1, C, m + 1, h, w] of unit variance
   */
  async encode(frames: readonly RgbImage[]): Promise<Tensor> {
    const graph = await this.#graphs.get('tokenizer_encoder')
    const latent = outputOf(await graph.run({ video: videoTensor(frames) }), 'latent', graph.name)
    expectShape(latent, this.latentShape(frames.length), 'the latent of the tokenizer')
    return latent
  }

  /** Like `encode`, remembering the last few results. */
  async encodeCached(frames: readonly RgbImage[]): Promise<Tensor> {
    const hash = createHash('sha256')
    for (const { data } of frames) hash.update(data)
    const key = hash.digest('hex')
    const known = this.#cache.get(key)
    const latent = known ?? (await this.encode(frames))
    this.#cache.delete(key)
    this.#cache.set(key, latent)
    let bytes = [...this.#cache.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
    for (const [oldest, { data }] of this.#cache) {
      if (bytes <= CACHED) break
      this.#cache.delete(oldest)
      bytes -= data.byteLength
    }
    return latent
  }

  /**
   * @param latent [1, C, m + 1, h, w]
   * @returns [1, 3, 8 m + 1, H, W], about [-1, 1]
   */
  async decode(latent: Tensor): Promise<Tensor> {
    const graph = await this.#graphs.get('tokenizer_decoder')
    const video = outputOf(await graph.run({ latent }), 'video', graph.name)
    const { width, height } = this.#manifest.video
    expectShape(video, [1, 3, 1 + 8 * (latent.shape[2] - 1), height, width], 'the video of the tokenizer')
    return video
  }

  /** Shape of the latent of this many frames. */
  latentShape(frames: number): number[] {
    const { latent, video } = this.#manifest
    return [1, latent.channels, latentFrames(frames), video.height / latent.spatial, video.width / latent.spatial]
  }

  forget(): void {
    this.#cache.clear()
  }
}
