import { CompressionType, compressionRegistry } from 'apache-arrow'
import { unpackLz4Frame } from './lz4-frame.ts'
import { packLz4Frame } from './lz4js.ts'

let registered = false

/** Gives `apache-arrow`, which ships no codec, the LZ4 frame codec that Feather files use. Once per process. */
export function registerLz4(): void {
  if (registered) return
  compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: packLz4Frame, decode: unpackLz4Frame })
  registered = true
}
