import { z } from 'zod'
import { choice, setting, whole } from './setting.ts'

/** What every service reads. */
export const serviceSettings = z.object({
  VIRGA_LOG: choice('least level that is logged', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
  VIRGA_LOG_FORMAT: choice('how logs are written to stderr; auto: text on a terminal, else JSON', ['auto', 'json', 'text'], 'auto'),
  VIRGA_HTTP_HOST: setting(z.string().default('127.0.0.1'), {
    about: 'where `/livez`, `/readyz` and `/metrics` listen',
    expected: 'an address of this machine',
  }),
  VIRGA_HTTP_PORT: setting(
    z
      .union([
        z.literal('off'),
        z
          .string()
          .regex(/^\d{1,5}$/)
          .transform(Number)
          .pipe(z.number().max(65535)),
      ])
      .default(0),
    { about: 'port of these; 0: any that is free', expected: '`off` or a whole number from 0 to 65535' },
  ),
  VIRGA_SHUTDOWN_MS: whole('longest time from SIGTERM to the end, milliseconds', { min: 100, max: 600_000, default: 20_000 }),
  VIRGA_BEAT_MS: whole('a loop that gave no sign of life for so long makes the process not ready, milliseconds', {
    min: 1000,
    max: 3_600_000,
    default: 60_000,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(z.url().optional(), {
    about: 'where traces are sent (OTLP over HTTP); `/v1/traces` is added',
    expected: 'an http or https URL',
    defaultText: 'traces are not sent',
  }),
})

export type ServiceConfig = z.infer<typeof serviceSettings>
