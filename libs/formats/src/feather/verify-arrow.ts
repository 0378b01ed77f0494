import { Footer } from 'apache-arrow/fb/footer'
import { Message } from 'apache-arrow/fb/message'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { ByteBuffer } from 'flatbuffers'

/** Values of the union MessageHeader (Arrow format, Message.fbs). */
const dictionaryHeader = 2
const recordHeader = 3
/** Footer length and closing magic at the end of a file. */
const tailBytes = 10

let bounded = false

/**
 * Makes `flatbuffers` check the length that a vector states against the bytes that are left: JavaScript's have no verifier as the other languages' do. Once
 * per process.
 */
function boundVectors(): void {
  if (bounded) return
  bounded = true
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const stated = ByteBuffer.prototype.__vector_len
  ByteBuffer.prototype.__vector_len = function (this: ByteBuffer, offset: number): number {
    const length = stated.call(this, offset)
    if (length >= 0 && this.__vector(offset) + length <= this.capacity()) return length
    throw new RangeError(`a vector of ${length} elements in ${this.capacity()} bytes`)
  }
}

/**
 * Checks what the footer and the batches of an Arrow file say of where things lie, and how many there are, before `apache-arrow` reads it: that
 * believes them, and with a damaged file loops for ever over a batch that is none or allocates what no file holds.
 *
 * @throws RangeError saying what does not fit
 */
export function verifyArrow(bytes: Uint8Array): void {
  boundVectors()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const footerLength = view.getInt32(bytes.length - tailBytes, true)
  const footerStart = bytes.length - tailBytes - footerLength
  if (footerLength <= 0 || footerStart < 8) throw new RangeError(`a footer of ${footerLength} bytes in ${bytes.length}`)
  const footer = Footer.getRootAsFooter(new ByteBuffer(bytes.subarray(footerStart, footerStart + footerLength)))
  for (const [count, blockAt, header] of [
    [footer.dictionariesLength(), (i: number) => footer.dictionaries(i), dictionaryHeader],
    [footer.recordBatchesLength(), (i: number) => footer.recordBatches(i), recordHeader],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const block = blockAt(i)
      if (block === null) throw new RangeError(`block ${i} is missing`)
      verifyBlock(bytes.subarray(0, footerStart), Number(block.offset()), header)
    }
  }
}

/** One message and its body, at a place that the footer names. */
function verifyBlock(bytes: Uint8Array, offset: number, header: number): void {
  if (!(offset >= 8 && offset + 8 <= bytes.length)) throw new RangeError(`a block at byte ${offset} of ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Files of before Arrow 0.15 have no continuation mark before the length.
  const start = offset + (view.getInt32(offset, true) === -1 ? 8 : 4)
  const length = view.getInt32(start - 4, true)
  if (length <= 0 || start + length > bytes.length) throw new RangeError(`a message of ${length} bytes at byte ${offset}`)
  const message = Message.getRootAsMessage(new ByteBuffer(bytes.subarray(start, start + length)))
  if (Number(message.headerType()) !== header) throw new RangeError(`a message of type ${message.headerType()} where a batch should be`)
  const bodyLength = Number(message.bodyLength())
  if (!(bodyLength >= 0 && start + length + bodyLength <= bytes.length)) throw new RangeError(`a body of ${bodyLength} bytes`)
  if (header === recordHeader) verifyBatch(message.header(new RecordBatch()) as RecordBatch | null, bodyLength)
}

/** Each buffer must lie in the body, and no column can have more rows than it has bits packed 255 to 1. */
function verifyBatch(batch: RecordBatch | null, bodyLength: number): void {
  const rows = Number(batch?.length())
  const most = 8 * 255 * bodyLength
  if (batch === null || !(rows >= 0 && rows <= most)) throw new RangeError(`a batch of ${rows} rows in ${bodyLength} bytes`)
  for (let i = 0; i < batch.nodesLength(); i++) {
    const node = batch.nodes(i)
    const [length, missing] = [Number(node?.length()), Number(node?.nullCount())]
    if (!(length >= 0 && length <= most && missing <= length))
      throw new RangeError(`a column of ${length} rows, ${missing} of them missing`)
  }
  for (let i = 0; i < batch.buffersLength(); i++) {
    const buffer = batch.buffers(i)
    const [offset, length] = [Number(buffer?.offset()), Number(buffer?.length())]
    if (!(offset >= 0 && length >= 0 && offset + length <= bodyLength))
      throw new RangeError(`a buffer at bytes ${offset} to ${offset + length}`)
  }
}
