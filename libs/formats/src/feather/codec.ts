import { CompressionType, compressionRegistry } from 'apache-arrow'
import { compress, decompress } from 'lz4js'

let registered = false

/** Gives `apache-arrow`, which ships no codec, the LZ4 frame codec that Feather files use. Once per process. */
export function registerLz4(): void {
  if (registered) return
  compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: compress, decode: decompress })
  registered = true
}
