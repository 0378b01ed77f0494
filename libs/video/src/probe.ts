import { stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { VirgaError } from '@virga/errors'
import { AV_NOPTS_VALUE, AV_PKT_FLAG_DISCARD, AVERROR_EOF, AVMEDIA_TYPE_VIDEO } from 'node-av/constants'
import { avGetPixFmtName, FormatContext, Packet, type Stream } from 'node-av/lib'
import { checkRead } from './ffmpeg.ts'

/** What a video file holds, found by reading its packets once without decoding them. */
export interface VideoFacts {
  readonly width: number
  readonly height: number
  /** Mean frames per second. */
  readonly fps: number
  readonly frames: number
  /** Microseconds of each frame since the first, in order of display; absent where the file has no time stamps. */
  readonly timesUs?: Float64Array
  /** Some frame lies more than half a frame from its place in a constant rate. */
  readonly isVariableRate: boolean
  /** FFmpeg's name, such as yuv420p. */
  readonly pixelFormat: string
}

/** An opened input and its video stream. The caller closes the input. */
export interface VideoInput {
  readonly format: FormatContext
  readonly stream: Stream
}

/** @throws VirgaError VIRGA_BAD_INPUT naming the file, when it is not there, not a file, not a video or cut off */
export async function openInput(path: string): Promise<VideoInput> {
  const format = new FormatContext()
  try {
    await requireFile(path)
    checkRead(await format.openInput(path), 'cannot be read as a video', { file: path })
    checkRead(await format.findStreamInfo(), 'cannot be read as a video', { file: path })
    const index = checkRead(format.findBestStream(AVMEDIA_TYPE_VIDEO), 'has no video stream', { file: path })
    const stream = format.streams[index]
    if (stream === undefined) throw new VirgaError('VIRGA_BAD_INPUT', 'has no video stream', { file: path })
    return { format, stream }
  } catch (error) {
    await format.closeInput()
    throw error
  }
}

/** @throws VirgaError VIRGA_BAD_INPUT naming the file */
export async function probe(path: string): Promise<VideoFacts> {
  const { format, stream } = await openInput(path)
  try {
    const { width, height, format: pixelFormat } = stream.codecpar
    if (width < 1 || height < 1) {
      throw new VirgaError('VIRGA_BAD_INPUT', `video of ${width}x${height}`, { file: path, expected: 'a size of at least 1x1' })
    }
    const stated = stream.avgFrameRate.num > 0 && stream.avgFrameRate.den > 0 ? stream.avgFrameRate.num / stream.avgFrameRate.den : 0
    const ticks = await presentationTicks(format, stream, path)
    const tick = stream.timeBase.num / stream.timeBase.den
    return {
      width,
      height,
      frames: ticks.length,
      pixelFormat: avGetPixFmtName(pixelFormat as Parameters<typeof avGetPixFmtName>[0]) ?? 'unknown',
      ...timing(ticks, tick, stated),
    }
  } finally {
    await format.closeInput()
  }
}

async function requireFile(path: string): Promise<void> {
  let isFile: boolean
  try {
    isFile = (await stat(path)).isFile()
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be opened: ${reason}`, { file: path, expected: 'a video file' }, { cause: error })
  }
  if (!isFile) throw new VirgaError('VIRGA_BAD_INPUT', 'not a file', { file: path, expected: 'a video file' })
}

/** Packets are read this many at a time: a wait for each would cost more than the reading. */
const burst = 256

/** Time stamps of all frames to be shown, sorted; NaN where a packet has none. */
async function presentationTicks(format: FormatContext, stream: Stream, path: string): Promise<Float64Array> {
  const ticks: number[] = []
  using packet = new Packet()
  packet.alloc()
  for (let read = 1; ; read++) {
    const code = format.readFrameSync(packet)
    if (code === AVERROR_EOF) break
    checkRead(code, 'is damaged or cut off', { file: path, record: `frame ${ticks.length}` })
    // The muxer marks frames that an edit list leaves out.
    const isShown = packet.streamIndex === stream.index && (packet.flags & AV_PKT_FLAG_DISCARD) === 0
    if (isShown) ticks.push(packet.pts === AV_NOPTS_VALUE ? NaN : Number(packet.pts))
    packet.unref()
    if (read % burst === 0) await setImmediate()
  }
  return Float64Array.from(ticks).sort()
}

/** Rate, times and evenness out of sorted time stamps (`tick` seconds each) and the rate that the file states (0 = none). */
export function timing(ticks: Float64Array, tick: number, statedFps: number): Pick<VideoFacts, 'fps' | 'timesUs' | 'isVariableRate'> {
  const first = ticks[0] ?? NaN
  const last = ticks[ticks.length - 1] ?? NaN
  // NaN sorts to the end: no stamp is missing when the last is a number.
  if (!(last > first))
    return { fps: statedFps, isVariableRate: false, ...(Number.isNaN(first) ? {} : { timesUs: new Float64Array(ticks.length) }) }
  const interval = (last - first) / (ticks.length - 1)
  const mean = 1 / (interval * tick)
  const isVariableRate = ticks.some((value, i) => Math.abs(value - (first + i * interval)) > Math.max(0.5 * interval, 1))
  const isStatedRight = statedFps > 0 && Math.abs(statedFps - mean) < 0.005 * mean
  return {
    fps: !isVariableRate && isStatedRight ? statedFps : mean,
    timesUs: ticks.map((value) => Math.round((value - first) * tick * 1e6)),
    isVariableRate,
  }
}
