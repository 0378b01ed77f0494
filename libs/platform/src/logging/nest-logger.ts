import type { LoggerService } from '@nestjs/common'
import type { Logger } from 'pino'

/** Nest's own messages in our logs; what it tells of its start is only of interest when something is being looked for. */
export function nestLogger(log: Logger): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message))
  return {
    log: (message) => log.debug(text(message)),
    debug: (message) => log.debug(text(message)),
    verbose: (message) => log.trace(text(message)),
    warn: (message) => log.warn(text(message)),
    error: (message) => log.error(text(message)),
    fatal: (message) => log.fatal(text(message)),
  }
}
