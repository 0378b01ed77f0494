import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { type VideoSink, writePng } from '@virga/video'
import type { Chunk } from './chunk-plan.ts'
import { type RenderedOutput, sha256Of } from './run-manifest.ts'

export type OutputFacts = Pick<RenderedOutput, 'camera' | 'control' | 'file' | 'width' | 'height'>

/** Which frames are written as PNG too, and where. */
export interface PngRule {
  readonly every: number
  path(frame: number): string
}

/** One video of one chunk on its way. */
export class ChunkWriter {
  readonly #sink: VideoSink
  readonly #chunk: Chunk
  readonly #out: string
  readonly #facts: OutputFacts
  readonly #png: PngRule | undefined
  #frames = 0
  #last: RgbImage | undefined

  constructor(sink: VideoSink, chunk: Chunk, out: string, facts: OutputFacts, png: PngRule | undefined) {
    this.#sink = sink
    this.#chunk = chunk
    this.#out = out
    this.#facts = facts
    this.#png = png
  }

  async write(image: RgbImage): Promise<'png' | undefined> {
    await this.#sink.write(image)
    this.#last = image
    const frame = this.#chunk.first + this.#frames++
    if (this.#png === undefined || frame % this.#png.every !== 0) return undefined
    await writePng(this.#png.path(frame), image)
    return 'png'
  }

  async finish(): Promise<RenderedOutput> {
    const { first, frames, padded, index } = this.#chunk
    if (this.#frames !== frames || this.#last === undefined) {
      throw new VirgaError('VIRGA_INTERNAL', `${this.#frames} of ${frames} pictures of ${this.#facts.control}`, { file: this.#facts.file })
    }
    for (let i = 0; i < padded; i++) await this.#sink.write(this.#last)
    await this.#sink.finish()
    const path = join(this.#out, this.#facts.file)
    const { size } = await stat(path)
    const range = { chunk: index, firstFrame: first, frames, paddedFrames: padded }
    return { ...this.#facts, ...range, bytes: size, sha256: await sha256Of(path) }
  }

  abort(): Promise<void> {
    return this.#sink.abort()
  }
}
