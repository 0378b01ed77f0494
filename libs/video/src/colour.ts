import {
  AV_PIX_FMT_GBRP,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_IEC61966_2_1,
  AVCOL_TRC_UNSPECIFIED,
  AVCHROMA_LOC_LEFT,
  type AVPixelFormat,
  SWS_ACCURATE_RND,
  SWS_BICUBIC,
  SWS_BITEXACT,
  SWS_FULL_CHR_H_INP,
  SWS_FULL_CHR_H_INT,
} from 'node-av/constants'
import { type CodecContext, Frame, SoftwareScaleContext } from 'node-av/lib'

/**
 * One colour rule for every video that Virga writes, conditions and variants alike: BT.601 matrix, limited range, left chroma
 * siting, stated in the stream. It is what a reader assumes that ignores the tags (swscale's default, so also decord, OpenCV and
 * imageio), and what the condition videos of Cosmos-Transfer1 are. Primaries and transfer are those of sRGB, since the pixels are.
 */
export function tagColour(target: CodecContext | Frame): void {
  target.colorSpace = AVCOL_SPC_SMPTE170M
  target.colorRange = AVCOL_RANGE_MPEG
  target.colorPrimaries = AVCOL_PRI_BT709
  target.colorTrc = AVCOL_TRC_IEC61966_2_1
  target.chromaLocation = AVCHROMA_LOC_LEFT
}

/** An allocated frame; the caller frees it. */
function allocate(width: number, height: number, format: AVPixelFormat): Frame {
  const frame = new Frame()
  frame.alloc()
  frame.width = width
  frame.height = height
  frame.format = format
  if (frame.getBuffer(0) < 0) throw new RangeError(`no memory for a ${width}x${height} frame`)
  return frame
}

/** A full-range RGB frame: interleaved for what is to be encoded, planar (G, B, R) for what was decoded. */
export function allocateRgb(width: number, height: number, layout: 'interleaved' | 'planar'): Frame {
  const frame = allocate(width, height, layout === 'planar' ? AV_PIX_FMT_GBRP : AV_PIX_FMT_RGB24)
  frame.colorSpace = AVCOL_SPC_RGB
  frame.colorRange = AVCOL_RANGE_JPEG
  return frame
}

/** A yuv420p frame for the encoder. Only matrix and range are set: primaries must not make swscale map the gamut. */
export function allocateYuv(width: number, height: number): Frame {
  const frame = allocate(width, height, AV_PIX_FMT_YUV420P)
  frame.colorSpace = AVCOL_SPC_SMPTE170M
  frame.colorRange = AVCOL_RANGE_MPEG
  frame.chromaLocation = AVCHROMA_LOC_LEFT
  return frame
}

/** Leaves matrix and range, by which the pixels are turned to RGB, and drops what would make swscale map the gamut as well. */
export function keepGamut(frame: Frame): void {
  frame.colorPrimaries = AVCOL_PRI_UNSPECIFIED
  frame.colorTrc = AVCOL_TRC_UNSPECIFIED
}

/**
 * Converts between pixel formats by the matrix and range that the two frames carry; the same on every CPU. With these flags, and to
 * planar RGB, swscale rounds where its default cuts off: its way to interleaved RGB comes out 1 to 2 levels too dark.
 */
export function createConverter(): SoftwareScaleContext {
  const converter = new SoftwareScaleContext()
  converter.allocContext()
  converter.setOption('sws_flags', String(SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT))
  return converter
}
