import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVFMT_FLAG_BITEXACT,
} from 'node-av/constants'
import { Codec, CodecContext, Dictionary, FormatContext, type Frame, Packet, Rational, type Stream } from 'node-av/lib'
import { commit, discard, makeFolderOf, temporaryName } from './atomic.ts'
import { allocateRgb, allocateYuv, createConverter, tagColour } from './colour.ts'
import { check } from './ffmpeg.ts'
import { copyIn, requireImage } from './pixels.ts'
import { frameRate } from './rate.ts'

export type Preset = 'ultrafast' | 'superfast' | 'veryfast' | 'faster' | 'fast' | 'medium' | 'slow' | 'slower'

export interface VideoOptions {
  /** Pixels; even, since colour is kept at half the resolution. */
  readonly width: number
  readonly height: number
  /** Frames per second; 29.97 means 30000/1001. */
  readonly fps: number
  /** Effort of libx264; default veryfast. */
  readonly preset?: Preset
  /** Constant rate factor of libx264, lower is better; default 18. */
  readonly crf?: number
  /** Written into the file as they are. */
  readonly title?: string
  readonly comment?: string
}

/** Takes frames in order. Await every write: it resolves when the encoder wants more. */
export interface VideoSink {
  readonly framesWritten: number
  write(image: RgbImage): Promise<void>
  /** Completes the file and gives it its final name. */
  finish(): Promise<void>
  /** Leaves nothing behind; does nothing after finish or a failed write. */
  abort(): Promise<void>
}

/** Fixed, not the machine's core count: x264's output depends on the number of threads. */
const encoderThreads = 4

/**
 * Creates an H.264 mp4 (yuv420p, BT.601 limited, constant frame rate, index in front). The same frames give the same bytes on
 * every machine. The file has a temporary name until `finish`.
 *
 * @throws VirgaError VIRGA_USAGE (odd or empty size, frame rate), VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_VIDEO
 */
export async function createVideo(path: string, options: VideoOptions): Promise<VideoSink> {
  await makeFolderOf(path)
  return createVideoAt(temporaryName(path), path, options)
}

/** `createVideo` with the temporary name given. */
export async function createVideoAt(temporary: string, path: string, options: VideoOptions): Promise<VideoSink> {
  requireSize(options)
  const encoder = new Mp4Encoder(path, options)
  try {
    await encoder.open(temporary)
  } catch (error) {
    await encoder.close()
    await discard(temporary)
    throw error
  }
  return new Mp4Sink(encoder, temporary, path, options)
}

function requireSize({ width, height }: VideoOptions): void {
  const good = (size: number) => Number.isInteger(size) && size >= 2 && size <= 16384 && size % 2 === 0
  if (good(width) && good(height)) return
  throw new VirgaError('VIRGA_USAGE', `video of ${width}x${height}`, { field: 'width, height', expected: 'even numbers from 2 to 16384' })
}

class Mp4Sink implements VideoSink {
  #encoder: Mp4Encoder
  #temporary: string
  #path: string
  #options: VideoOptions
  #queue: Promise<void> = Promise.resolve()
  #state: 'open' | 'closed' = 'open'
  #framesWritten = 0

  constructor(encoder: Mp4Encoder, temporary: string, path: string, options: VideoOptions) {
    this.#encoder = encoder
    this.#temporary = temporary
    this.#path = path
    this.#options = options
  }

  get framesWritten(): number {
    return this.#framesWritten
  }

  write(image: RgbImage): Promise<void> {
    return this.#inOrder(async () => {
      requireImage(image)
      const { width, height } = this.#options
      if (image.width !== width || image.height !== height) {
        throw new VirgaError('VIRGA_USAGE', `frame of ${image.width}x${image.height} for a video of ${width}x${height}`, {
          file: this.#path,
          record: this.#framesWritten,
        })
      }
      await this.#encoder.encode(image, this.#framesWritten)
      this.#framesWritten++
    })
  }

  finish(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#framesWritten === 0) throw new VirgaError('VIRGA_VIDEO', 'video without frames', { file: this.#path })
      await this.#encoder.complete()
      await this.#encoder.close()
      this.#state = 'closed'
      await commit(this.#temporary, this.#path)
    })
  }

  async abort(): Promise<void> {
    const drop = this.#queue.then(() => this.#drop())
    this.#queue = drop.catch(() => undefined)
    await drop
  }

  /** One at a time even where the caller did not wait; a failure drops the file. */
  #inOrder(action: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(async () => {
      if (this.#state === 'closed') throw new VirgaError('VIRGA_VIDEO', 'the video is closed already', { file: this.#path })
      try {
        await action()
      } catch (error) {
        await this.#drop()
        throw error
      }
    })
    this.#queue = run.catch(() => undefined)
    return run
  }

  async #drop(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#encoder.close()
    await discard(this.#temporary)
  }
}

/** libx264 and the mp4 muxer. Native memory: `close` must be called. */
class Mp4Encoder {
  #path: string
  #options: VideoOptions
  #format = new FormatContext()
  #codec = new CodecContext()
  #packet = new Packet()
  #converter = createConverter()
  #rgb: Frame
  #yuv: Frame
  #stream: Stream | undefined
  #timeBase: Rational
  #isOutputOpen = false

  constructor(path: string, options: VideoOptions) {
    this.#path = path
    this.#options = options
    const { num, den } = frameRate(options.fps)
    this.#timeBase = new Rational(den, num)
    this.#packet.alloc()
    this.#rgb = allocateRgb(options.width, options.height, 'interleaved')
    this.#yuv = allocateYuv(options.width, options.height)
  }

  async open(temporary: string): Promise<void> {
    const { width, height, preset = 'veryfast', crf = 18, title, comment } = this.#options
    const libx264 = Codec.findEncoderByName('libx264' as Parameters<typeof Codec.findEncoderByName>[0])
    if (libx264 === null) throw new VirgaError('VIRGA_MISSING_DEPENDENCY', 'this build of FFmpeg has no libx264')
    const rate = new Rational(this.#timeBase.den, this.#timeBase.num)
    const codec = this.#codec
    codec.allocContext3(libx264)
    codec.width = width
    codec.height = height
    codec.pixelFormat = AV_PIX_FMT_YUV420P
    codec.timeBase = this.#timeBase
    codec.framerate = rate
    // A key frame at least every two seconds, so that players can jump.
    codec.gopSize = Math.max(1, Math.round((2 * rate.num) / rate.den))
    codec.threadCount = encoderThreads
    codec.setFlags(AV_CODEC_FLAG_BITEXACT, AV_CODEC_FLAG_GLOBAL_HEADER)
    tagColour(codec)
    using codecOptions = Dictionary.fromObject({ preset, crf, 'x264-params': 'lookahead-threads=1:cpu-independent=1' })
    this.#check(await codec.open2(libx264, codecOptions), 'cannot start the encoder')

    const format = this.#format
    this.#check(format.allocOutputContext2(null, 'mp4', temporary), 'cannot start the mp4 writer')
    format.setFlags(AVFMT_FLAG_BITEXACT)
    const stream = format.newStream(libx264)
    this.#stream = stream
    this.#check(stream.codecpar.fromContext(codec), 'cannot describe the stream')
    stream.timeBase = this.#timeBase
    stream.avgFrameRate = rate
    const metadata = { ...(title === undefined ? {} : { title }), ...(comment === undefined ? {} : { comment }) }
    if (Object.keys(metadata).length > 0) format.metadata = Dictionary.fromObject(metadata)
    this.#check(await format.openOutput(), 'cannot write', 'VIRGA_CANNOT_WRITE')
    this.#isOutputOpen = true
    using muxerOptions = Dictionary.fromObject({ movflags: '+faststart' })
    this.#check(await format.writeHeader(muxerOptions), 'cannot write')
  }

  async encode(image: RgbImage, index: number): Promise<void> {
    copyIn(image, this.#rgb)
    this.#check(this.#yuv.makeWritable(), 'no memory')
    this.#check(await this.#converter.scaleFrame(this.#yuv, this.#rgb), 'cannot convert the colours')
    this.#yuv.pts = BigInt(index)
    this.#check(await this.#codec.sendFrame(this.#yuv), 'cannot encode')
    this.#drain()
  }

  /** Flushes encoder and muxer. */
  async complete(): Promise<void> {
    this.#check(await this.#codec.sendFrame(null), 'cannot encode')
    this.#drain()
    this.#check(await this.#format.writeTrailer(), 'cannot write')
    this.#check(this.#format.pb?.error ?? 0, 'cannot write')
  }

  async close(): Promise<void> {
    if (this.#isOutputOpen) await this.#format.closeOutput()
    this.#isOutputOpen = false
    this.#format.freeContext()
    this.#codec.freeContext()
    this.#packet.free()
    this.#converter.freeContext()
    this.#rgb.free()
    this.#yuv.free()
  }

  /** Writes what the encoder has ready; short enough for this thread, as the muxer's output is buffered. */
  #drain(): void {
    const stream = this.#stream
    if (stream === undefined) return
    for (;;) {
      const code = this.#codec.receivePacketSync(this.#packet)
      if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return
      this.#check(code, 'cannot encode')
      this.#packet.streamIndex = stream.index
      // Constant rate: x264 gives packets no duration, and without it the last frame would last nothing.
      this.#packet.duration = 1n
      this.#packet.rescaleTs(this.#timeBase, stream.timeBase)
      this.#check(this.#format.interleavedWriteFrameSync(this.#packet), 'cannot write')
    }
  }

  #check(code: number, doing: string, otherwise: 'VIRGA_VIDEO' | 'VIRGA_CANNOT_WRITE' = 'VIRGA_VIDEO'): void {
    check(code, doing, { file: this.#path }, otherwise)
  }
}
