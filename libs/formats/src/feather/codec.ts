import { CompressionType, compressionRegistry } from 'apache-arrow'
import { compress } from 'lz4js'
import { unpackLz4Frame } from './lz4-frame.ts'

let registered = false

/** Gives `apache-arrow`, which ships no codec, the LZ4 frame codec that Feather files use. Once per process. */
export function registerLz4(): void {
  if (registered) return
  compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: compress, decode: unpackLz4Frame })
  registered = true
}
