import { createRequire } from 'node:module'

// The package has no types, and a declaration file of our own would be seen by this project alone, not by those that import it.
const lz4js = createRequire(import.meta.url)('lz4js') as { compress(bytes: Uint8Array): Uint8Array }

/** One LZ4 frame of the bytes. */
export const packLz4Frame = (bytes: Uint8Array): Uint8Array => lz4js.compress(bytes)
