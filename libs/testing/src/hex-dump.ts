/** Bytes as lines of offset, 16 hex bytes and their text; the middle of more than `limit` bytes is left out. */
export function hexDump(bytes: Uint8Array, limit = 1024): string {
  const line = (offset: number, end: number): string => {
    const part = bytes.subarray(offset, Math.min(offset + 16, end))
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    return `${offset.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`
  }
  const lines = (from: number, to: number): string[] =>
    Array.from({ length: Math.ceil((to - from) / 16) }, (_, i) => line(from + 16 * i, to))
  if (bytes.length <= limit) return lines(0, bytes.length).join('\n')
  const half = Math.ceil(limit / 32) * 16
  return [...lines(0, half), `... ${bytes.length - 2 * half} bytes ...`, ...lines(bytes.length - half, bytes.length)].join('\n')
}
