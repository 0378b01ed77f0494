import type { Trace } from './loop-event.ts'

/** The trace that a task or a note carries, where it carries one. */
export function traceOf(carrier: object): Trace {
  return 'trace' in carrier && typeof carrier.trace === 'object' && carrier.trace !== null ? carrier.trace : {}
}
