declare module 'lz4js' {
  /** One LZ4 frame of the bytes. */
  export function compress(bytes: Uint8Array): Uint8Array
}
