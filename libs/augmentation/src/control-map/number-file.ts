/// <reference lib="es2025.float16" />

/** Numbers of a file in the order of their places, [T, H, W] or [H, W], read frame by frame. */
export interface NumberFile {
  readonly frames: number
  readonly height: number
  readonly width: number
  /** [height * width] of one frame, in memory of its own. */
  frame(index: number): Float32Array
}

/** Element types that weights come in, and how a value is read. */
export const elementTypes = {
  float16: { bytes: 2, read: (view: DataView, at: number) => view.getFloat16(at, true) },
  bfloat16: { bytes: 2, read: (view: DataView, at: number) => bfloat16(view.getUint16(at, true)) },
  float32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  float64: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  uint8: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  int8: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  int16: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  int32: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  int64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
} as const

export type ElementName = keyof typeof elementTypes

const scratch = new DataView(new ArrayBuffer(4))

function bfloat16(bits: number): number {
  scratch.setUint32(0, bits * 65536)
  return scratch.getFloat32(0)
}
