/** Turns pino's JSON lines into lines for people: time, level, message, then the other fields. */
export function textStream(target: { write(text: string): unknown }): { write(line: string): void } {
  return { write: (line) => void target.write(`${textOf(line)}\n`) }
}

const hidden = new Set(['level', 'time', 'pid', 'service', 'msg', 'error', 'trace_id', 'span_id'])

function textOf(line: string): string {
  const fields = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).filter(([key]) => !hidden.has(key))
  const more = rest.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ')
  const { time, level, msg, error } = fields as { time: string; level: string; msg?: string; error?: { message?: string; stack?: string } }
  const failure = error === undefined ? '' : ` ${level === 'error' || level === 'fatal' ? (error.stack ?? '') : (error.message ?? '')}`
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${msg ?? ''}${more === '' ? '' : ` ${more}`}${failure}`
}
