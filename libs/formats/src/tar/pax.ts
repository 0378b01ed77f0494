/** The records of a PAX extended header: `<length> <key>=<value>\n`, the length being that of the whole record (POSIX pax). */
export function parsePax(data: Buffer): Map<string, string> | string {
  const records = new Map<string, string>()
  let at = 0
  while (at < data.length) {
    const digits = /^(\d{1,9}) /.exec(data.toString('latin1', at, at + 10))
    if (digits === null) return `PAX record at byte ${at} has no length`
    const end = at + Number(digits[1])
    const start = at + digits[0].length
    if (end > data.length || end <= start || data[end - 1] !== 0x0a) return `PAX record at byte ${at} does not end where it says`
    const equals = data.indexOf(0x3d, start)
    if (equals < 0 || equals >= end) return `PAX record at byte ${at} has no value`
    records.set(data.toString('utf8', start, equals), data.toString('utf8', equals + 1, end - 1))
    at = end
  }
  return records
}
