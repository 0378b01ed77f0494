/// <reference lib="es2025.float16" />
import { createZstdCompress, createZstdDecompress, constants } from 'node:zlib'
import { Readable, type Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import { VirgaError } from '@virga/errors'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'

/**
 * Frames between stages: a NumPy .npy (version 1, C order) in a Zstandard stream. Lossless, read and written frame by frame, and any
 * tool that knows both can open it (`zstd -d`, `numpy.load`).
 */
export type ElementType = '|u1' | '<f2' | '<f4'
export type Elements = Uint8Array | Float16Array | Float32Array

export interface FrameShape {
  readonly type: ElementType
  /** Elements of one frame along each axis, such as [height, width, 3]. */
  readonly frame: readonly number[]
}

const bytesOf: Record<ElementType, number> = { '|u1': 1, '<f2': 2, '<f4': 4 }
const elementsOf = (shape: FrameShape) => shape.frame.reduce((a, b) => a * b, 1)

/**
 * Writes exactly `count` frames.
 *
 * @throws VirgaError VIRGA_INTERNAL when a frame has another size or there are more or fewer of them
 */
export async function putFrames(
  store: BlobStore,
  shape: FrameShape,
  count: number,
  frames: AsyncIterable<Elements> | Iterable<Elements>,
): Promise<BlobRef> {
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  return store.put(through(Readable.from(npyParts(shape, count, frames)), compressor))
}

/**
 * The frames of a blob in order, each a view on its own memory.
 *
 * @throws VirgaError VIRGA_DIGEST_MISMATCH or VIRGA_BAD_INPUT when the blob is damaged
 */
export async function* getFrames(store: BlobStore, ref: BlobRef, shape: FrameShape): AsyncGenerator<Elements> {
  const decompressor = createZstdDecompress()
  const source = Readable.from(store.get(ref))
  const parts = through(source, decompressor)
  const read = finished(source)
  read.catch(() => undefined)
  const frameBytes = elementsOf(shape) * bytesOf[shape.type]
  let header = -1
  let frame = new Uint8Array(frameBytes)
  let filled = 0
  let start: Buffer = Buffer.alloc(0)
  for await (const part of parts) {
    let chunk = part
    if (header < 0) {
      start = Buffer.concat([start, chunk])
      if (start.length < 10 || start.length < 10 + start.readUInt16LE(8)) continue
      header = 10 + start.readUInt16LE(8)
      checkHeader(start.subarray(0, header), shape, ref)
      chunk = start.subarray(header)
    }
    for (let at = 0; at < chunk.length;) {
      const take = Math.min(frameBytes - filled, chunk.length - at)
      frame.set(chunk.subarray(at, at + take), filled)
      filled += take
      at += take
      if (filled === frameBytes) {
        yield view(frame, shape.type)
        frame = new Uint8Array(frameBytes)
        filled = 0
      }
    }
  }
  // The decompressor ends with its last byte, before the source has compared the digest.
  source.resume()
  await read
  if (filled !== 0) throw new VirgaError('VIRGA_BAD_INPUT', 'the last frame is cut off', { file: `blob ${ref.sha256}` })
}

/**
 * Pipes one stream through another. A failure of the source is thrown where the result is iterated; it may come before that begins, when
 * nobody listens yet, so it gets a listener here that does nothing.
 */
function through(source: Readable, transform: Transform): AsyncIterable<Buffer> {
  transform.on('error', () => source.destroy())
  source.on('error', (error) => transform.destroy(error))
  return source.pipe(transform) as AsyncIterable<Buffer>
}

/** The bytes of a .npy file of exactly `count` frames. @throws VirgaError as `putFrames` does */
export async function* npyParts(
  shape: FrameShape,
  count: number,
  frames: AsyncIterable<Elements> | Iterable<Elements>,
): AsyncGenerator<Uint8Array> {
  yield npyHeader(shape, count)
  const elements = elementsOf(shape)
  let written = 0
  for await (const frame of frames) {
    if (frame.length !== elements || frame.BYTES_PER_ELEMENT !== bytesOf[shape.type]) {
      throw new VirgaError('VIRGA_INTERNAL', `a frame of ${frame.length} elements of ${frame.BYTES_PER_ELEMENT} bytes`, {
        record: written,
        expected: `${elements} elements of type ${shape.type}`,
      })
    }
    yield new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength)
    written++
  }
  if (written !== count) throw new VirgaError('VIRGA_INTERNAL', `${written} frames were made`, { expected: `${count} frames` })
}

/** NumPy's format version 1: magic, version, header length, a Python dictionary padded with spaces to a multiple of 64 bytes. */
function npyHeader(shape: FrameShape, count: number): Buffer {
  const text = `{'descr': '${shape.type}', 'fortran_order': False, 'shape': (${[count, ...shape.frame].join(', ')}), }`
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11, ' ') + '\n'
  const header = Buffer.alloc(10 + padded.length)
  header.write('\x93NUMPY\x01\x00', 0, 'latin1')
  header.writeUInt16LE(padded.length, 8)
  header.write(padded, 10, 'latin1')
  return header
}

function checkHeader(header: Buffer, shape: FrameShape, ref: BlobRef): void {
  const text = header.toString('latin1')
  const wanted = `, ${shape.frame.join(', ')}), }`
  if (!text.startsWith('\x93NUMPY\x01\x00') || !text.includes(`'${shape.type}'`) || !text.includes(wanted)) {
    throw new VirgaError('VIRGA_BAD_INPUT', `holds other frames: ${text.slice(10).trim()}`, {
      file: `blob ${ref.sha256}`,
      expected: `frames of ${shape.frame.join(' x ')} elements of type ${shape.type}`,
    })
  }
}

function view(bytes: Uint8Array, type: ElementType): Elements {
  switch (type) {
    case '|u1':
      return bytes
    case '<f2':
      return new Float16Array(bytes.buffer)
    case '<f4':
      return new Float32Array(bytes.buffer)
  }
}
