import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { grpcSettings } from '../grpc/grpc-config.ts'
import { backendSettings, loadBackendConfig } from './backend-config.ts'
import { effectiveSettings, effectiveTable, settingsReference } from './effective-table.ts'
import { loadConfig } from './load-config.ts'
import { serviceSettings } from './service-config.ts'

const all = z.object({ ...serviceSettings.shape, ...backendSettings.shape, ...grpcSettings.shape })

describe('settings from the environment', () => {
  it('have defaults, and empty counts as unset', () => {
    expect(loadConfig(serviceSettings, { VIRGA_LOG: '', VIRGA_HTTP_PORT: '8080' })).toEqual({
      VIRGA_LOG: 'info',
      VIRGA_LOG_FORMAT: 'auto',
      VIRGA_HTTP_HOST: '127.0.0.1',
      VIRGA_HTTP_PORT: 8080,
      VIRGA_SHUTDOWN_MS: 20_000,
      VIRGA_BEAT_MS: 60_000,
    })
    expect(loadConfig(serviceSettings, { VIRGA_HTTP_PORT: 'off' }).VIRGA_HTTP_PORT).toBe('off')
  })

  it('name every variable at fault and what is expected of it, and repeat no secret', () => {
    const env = {
      VIRGA_LOG: 'loud',
      VIRGA_SHUTDOWN_MS: '5',
      VIRGA_HTTP_PORT: '70000',
      VIRGA_CATALOG: 'mysql://user:hunter2@db/virga',
    }
    const refuse = () => loadConfig(all, env)
    expect(refuse).toThrow(
      expect.objectContaining({
        code: 'VIRGA_USAGE',
        place: { field: 'VIRGA_LOG, VIRGA_HTTP_PORT, VIRGA_SHUTDOWN_MS, VIRGA_CATALOG' },
      }),
    )
    expect(refuse).toThrow('VIRGA_LOG is "loud", expected one of: trace, debug, info, warn, error, fatal, silent')
    expect(refuse).toThrow('VIRGA_SHUTDOWN_MS is "5", expected a whole number from 100 to 600000')
    expect(refuse).toThrow('VIRGA_CATALOG is wrong, expected `sqlite:PATH` or `postgres://')
    expect(refuse).not.toThrow('hunter2')
  })

  it.each([
    ['VIRGA_STORE', 's3://bucket'],
    ['VIRGA_STORE', 's3+http://host'],
    ['VIRGA_BUS', 'kafka://'],
    ['VIRGA_BUS', 'kafka://a:1,,b:2'],
    ['VIRGA_LISTEN', 'nowhere'],
    ['VIRGA_MAX_MESSAGE_BYTES', '12'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
    ['VIRGA_KEEPALIVE_MS', '-1'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => loadConfig(all, { [name]: value })).toThrow(`${name} is`)
  })

  it('are shown with secrets hidden', () => {
    const env = {
      VIRGA_CATALOG: 'postgres://virga:hunter2@db:5432/virga',
      VIRGA_STORE_SECRET_KEY: 'geheim',
      VIRGA_STORE_ACCESS_KEY: 'virga',
    }
    const table = effectiveTable(effectiveSettings(all, loadConfig(all, env), env))
    expect(table).toContain('postgres://virga:(hidden)@db:5432/virga')
    expect(table).not.toMatch(/hunter2|geheim/)
    expect(table).toMatch(/VIRGA_STORE_SECRET_KEY +\(hidden\) +environment/)
    expect(table).toMatch(/VIRGA_LOG +info +default/)
  })

  it('say where catalog, store and topics are', () => {
    expect(loadBackendConfig({ VIRGA_HOME: '/data' })).toEqual({
      catalog: { kind: 'sqlite', path: '/data/catalog.sqlite' },
      store: { kind: 'folder', path: '/data/store' },
      bus: { kind: 'in-process' },
      scratchRoot: '/data/scratch',
    })
    const env = {
      VIRGA_CATALOG: 'postgres://u:p@db/virga',
      VIRGA_STORE: 's3+https://minio:9000/blobs',
      VIRGA_STORE_ACCESS_KEY: 'a',
      VIRGA_STORE_SECRET_KEY: 's',
      VIRGA_BUS: 'kafka://k1:9092,k2:9092',
      VIRGA_SCRATCH: '/tmp/s',
    }
    expect(loadBackendConfig(env)).toEqual({
      catalog: { kind: 'postgres', url: 'postgres://u:p@db/virga', connections: 10 },
      store: { kind: 's3', endpoint: 'https://minio:9000', bucket: 'blobs', accessKey: 'a', secretKey: 's' },
      bus: { kind: 'kafka', brokers: ['k1:9092', 'k2:9092'] },
      scratchRoot: '/tmp/s',
    })
  })

  it('stand in the README as they are here', async () => {
    const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
    for (const schema of [serviceSettings, backendSettings, grpcSettings]) expect(readme).toContain(settingsReference(schema))
  })
})
