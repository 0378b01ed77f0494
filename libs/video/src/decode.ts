import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { AV_PKT_FLAG_CORRUPT, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet, type SoftwareScaleContext } from 'node-av/lib'
import { allocateRgb, createConverter, keepGamut } from './colour.ts'
import { checkRead } from './ffmpeg.ts'
import { copyOut } from './pixels.ts'
import { openInput, probe, type VideoFacts, type VideoInput } from './probe.ts'

/** Frames in order of display, each in memory of its own. Can be iterated again; every iteration starts at the first frame. */
export interface VideoSource extends VideoFacts, AsyncIterable<RgbImage> {
  readonly path: string
  /** Frames `start` to `start + count`; those before are decoded and dropped. */
  read(range?: { readonly start?: number; readonly count?: number }): AsyncGenerator<RgbImage, void, undefined>
  /** Ends every iteration under way. */
  close(): Promise<void>
}

/** Frame threads cost memory for each; the output does not depend on them. */
const decoderThreads = 2

/**
 * Opens a video of any format that FFmpeg reads, counts its frames and their times (one pass over the packets), and gives its
 * frames as 8-bit RGB by the matrix and range that the stream states, BT.601 limited where it states none.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the file; while iterating also for damaged frames or fewer than were counted
 */
export async function openVideo(path: string): Promise<VideoSource> {
  const facts = await probe(path)
  if (facts.frames === 0) throw new VirgaError('VIRGA_BAD_INPUT', 'video without frames', { file: path })
  return new FileVideo(path, facts)
}

class FileVideo implements VideoSource {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: number
  readonly timesUs?: Float64Array
  readonly isVariableRate: boolean
  readonly pixelFormat: string
  #readers = new Set<FrameReader>()
  #isClosed = false

  constructor(path: string, facts: VideoFacts) {
    this.path = path
    this.width = facts.width
    this.height = facts.height
    this.fps = facts.fps
    this.frames = facts.frames
    this.isVariableRate = facts.isVariableRate
    this.pixelFormat = facts.pixelFormat
    if (facts.timesUs !== undefined) this.timesUs = facts.timesUs
  }

  [Symbol.asyncIterator](): AsyncGenerator<RgbImage, void, undefined> {
    return this.read()
  }

  async *read({ start = 0, count = this.frames - start }: { start?: number; count?: number } = {}): AsyncGenerator<
    RgbImage,
    void,
    undefined
  > {
    if (!(start >= 0 && count >= 0 && start + count <= this.frames)) {
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `frames ${start} to ${start + count}`, {
        file: this.path,
        expected: `0 to ${this.frames}`,
      })
    }
    if (this.#isClosed) throw new VirgaError('VIRGA_VIDEO', 'the video is closed already', { file: this.path })
    const reader = new FrameReader(this.path, this.width, this.height)
    this.#readers.add(reader)
    // One frame is decoded ahead while the caller works on the one it has.
    let ahead: Promise<RgbImage | undefined> | undefined
    try {
      await reader.open()
      await reader.skip(start)
      for (let i = 0; i < count; i++) {
        const image = await (ahead ?? reader.next())
        ahead = undefined
        if (this.#isClosed) return
        if (image === undefined) {
          throw new VirgaError('VIRGA_BAD_INPUT', `video ends after ${start + i} of ${this.frames} frames`, { file: this.path })
        }
        if (i + 1 < count) {
          ahead = reader.next()
          ahead.catch(() => undefined)
        }
        yield image
      }
    } finally {
      await ahead?.catch(() => undefined)
      this.#readers.delete(reader)
      await reader.close()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#readers].map((reader) => reader.close()))
  }
}

/** One pass over the frames of a file. Native memory: `close` must be called. */
class FrameReader {
  #path: string
  #width: number
  #height: number
  #input: VideoInput | undefined
  #codec = new CodecContext()
  #packet = new Packet()
  #decoded = new Frame()
  #rgb: Frame
  #converter: SoftwareScaleContext
  #index = 0
  #isDraining = false
  #isClosed = false
  #busy: Promise<unknown> = Promise.resolve()

  constructor(path: string, width: number, height: number) {
    this.#path = path
    this.#width = width
    this.#height = height
    this.#packet.alloc()
    this.#decoded.alloc()
    this.#rgb = allocateRgb(width, height, 'planar')
    this.#converter = createConverter()
  }

  async open(): Promise<void> {
    const input = await openInput(this.#path)
    this.#input = input
    const decoder = Codec.findDecoder(input.stream.codecpar.codecId)
    if (decoder === null) throw new VirgaError('VIRGA_BAD_INPUT', 'this build of FFmpeg has no decoder for the video', { file: this.#path })
    this.#codec.allocContext3(decoder)
    this.#check(this.#codec.parametersToContext(input.stream.codecpar), 'cannot be decoded')
    this.#codec.pktTimebase = input.stream.timeBase
    this.#codec.threadCount = decoderThreads
    this.#check(await this.#codec.open2(decoder), 'cannot be decoded')
  }

  /** Decodes and drops. */
  skip(count: number): Promise<void> {
    return this.#exclusive(async () => {
      for (let i = 0; i < count && (await this.#decode()); i++) this.#decoded.unref()
    })
  }

  /** The next frame; undefined after the last, and after `close`. */
  next(): Promise<RgbImage | undefined> {
    return this.#exclusive(async () => {
      if (this.#isClosed || !(await this.#decode())) return undefined
      return this.#toRgb()
    })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#busy
    await this.#input?.format.closeInput()
    this.#codec.freeContext()
    this.#packet.free()
    this.#decoded.free()
    this.#rgb.free()
    this.#converter.freeContext()
  }

  #exclusive<T>(action: () => Promise<T>): Promise<T> {
    const run = this.#busy.then(action)
    this.#busy = run.catch(() => undefined)
    return run
  }

  /**
   * Fills #decoded; false at the end. Only what takes long is given to another thread (decoding, by sendPacket, and the conversion): on a
   * busy machine every hand-over costs more than reading a packet.
   */
  async #decode(): Promise<boolean> {
    for (;;) {
      const code = this.#codec.receiveFrameSync(this.#decoded)
      if (code === AVERROR_EOF) return false
      if (code !== AVERROR_EAGAIN) {
        this.#check(code, 'has a damaged frame')
        if (this.#decoded.decodeErrorFlags !== 0) this.#fail('has a damaged frame')
        this.#index++
        return true
      }
      if (this.#isDraining) return false
      await this.#feed()
    }
  }

  /** Sends the decoder the next packet of the stream, or the end. */
  async #feed(): Promise<void> {
    const input = this.#input
    if (input === undefined) throw new VirgaError('VIRGA_INTERNAL', 'read before open', { file: this.#path })
    for (;;) {
      const code = input.format.readFrameSync(this.#packet)
      if (code === AVERROR_EOF) {
        this.#isDraining = true
        this.#check(await this.#codec.sendPacket(null), 'cannot be decoded')
        return
      }
      this.#check(code, 'is damaged or cut off')
      if (this.#packet.streamIndex === input.stream.index) break
      this.#packet.unref()
    }
    if ((this.#packet.flags & AV_PKT_FLAG_CORRUPT) !== 0) this.#fail('is damaged or cut off')
    this.#check(await this.#codec.sendPacket(this.#packet), 'has a damaged frame')
    this.#packet.unref()
  }

  async #toRgb(): Promise<RgbImage> {
    const { width, height } = this.#decoded
    if (width !== this.#width || height !== this.#height) {
      this.#fail(`changes its size from ${this.#width}x${this.#height} to ${width}x${height}`)
    }
    keepGamut(this.#decoded)
    this.#check(await this.#converter.scaleFrame(this.#rgb, this.#decoded), 'cannot be converted to RGB')
    this.#decoded.unref()
    return copyOut(this.#rgb)
  }

  #check(code: number, doing: string): void {
    checkRead(code, doing, { file: this.#path, record: `frame ${this.#index}` })
  }

  #fail(message: string): never {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { file: this.#path, record: `frame ${this.#index}` })
  }
}
