import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { loadConfig } from './load-config.ts'
import { choice, optionalFile, setting, whole } from './setting.ts'

const home = 'below `$VIRGA_HOME`, else `~/.cache/virga`'

/** Where catalog, blobs and topics are. */
export const backendSettings = z.object({
  VIRGA_CATALOG: setting(
    z
      .string()
      .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/)
      .optional(),
    {
      about: 'catalog',
      expected: '`sqlite:PATH` or `postgres://user:password@host:port/database`',
      secret: 'password',
      defaultText: `\`sqlite:catalog.sqlite\` ${home}`,
    },
  ),
  VIRGA_STORE: setting(
    z
      .string()
      .regex(/^(file:.+|s3\+https?:\/\/[^/]+\/[^/]+)$/)
      .optional(),
    {
      about: 'blob store',
      expected: '`file:PATH` or `s3+http://host:port/bucket` (`s3+https`)',
      secret: 'password',
      defaultText: `\`file:store\` ${home}`,
    },
  ),
  VIRGA_STORE_ACCESS_KEY: setting(z.string().optional(), { about: 'user of the object store', expected: 'text', defaultText: 'none' }),
  VIRGA_STORE_SECRET_KEY: setting(z.string().optional(), {
    about: 'password of the object store',
    expected: 'text',
    secret: 'value',
    defaultText: 'none',
  }),
  VIRGA_STORE_PUBLIC_URL: setting(z.url({ protocol: /^https?$/ }).optional(), {
    about: 'address of the object store in presigned URLs, where clients reach it by another one',
    expected: 'an http or https URL',
    defaultText: 'that of `VIRGA_STORE`',
  }),
  VIRGA_SCRATCH: setting(z.string().optional(), {
    about: 'folder for unfinished files where the store is no folder',
    expected: 'a path',
    defaultText: `\`scratch\` ${home}`,
  }),
  VIRGA_BUS: setting(
    z
      .string()
      .regex(/^(in-process|kafka:\/\/[^/,]+(,[^/,]+)*)$/)
      .default('in-process'),
    {
      about: 'topics',
      expected: '`in-process` or `kafka://host:port[,host:port]`',
    },
  ),
  VIRGA_BUS_TLS_CA: optionalFile(
    'certificates that the brokers are checked with, PEM; with it, or with `system` for those of the machine, TLS is on',
  ),
  VIRGA_BUS_TLS_CERT: optionalFile('certificate shown to the brokers, PEM'),
  VIRGA_BUS_TLS_KEY: optionalFile('its key, PEM'),
  VIRGA_BUS_SASL: choice('how this process logs in at the brokers', ['none', 'plain', 'scram-sha-256', 'scram-sha-512'], 'none'),
  VIRGA_BUS_USER: setting(z.string().optional(), { about: 'user at the brokers', expected: 'text', defaultText: 'none' }),
  VIRGA_BUS_PASSWORD: setting(z.string().optional(), {
    about: 'password at the brokers',
    expected: 'text',
    secret: 'value',
    defaultText: 'none',
  }),
  VIRGA_CATALOG_CONNECTIONS: whole('database connections of this process', { min: 1, max: 200, default: 10 }),
})

/** Brokers and how to log in there; TLS by the paths of its files. */
export interface KafkaAddress {
  readonly brokers: readonly string[]
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
}

export interface BackendConfig {
  readonly catalog:
    { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string; readonly connections: number }
  readonly store:
    | { readonly kind: 'folder'; readonly path: string }
    | {
        readonly kind: 's3'
        readonly endpoint: string
        readonly bucket: string
        readonly accessKey: string
        readonly secretKey: string
        readonly publicUrl?: string
      }
  readonly bus: { readonly kind: 'in-process' } | ({ readonly kind: 'kafka' } & KafkaAddress)
  /** For unfinished files where the store is no folder. */
  readonly scratchRoot: string
}

/** @throws VirgaError VIRGA_USAGE */
export function loadBackendConfig(env: NodeJS.ProcessEnv): BackendConfig {
  const config = loadConfig(backendSettings, env)
  const base = env.VIRGA_HOME === undefined || env.VIRGA_HOME === '' ? join(homedir(), '.cache', 'virga') : resolve(env.VIRGA_HOME)
  const { VIRGA_CATALOG: catalog = `sqlite:${join(base, 'catalog.sqlite')}`, VIRGA_STORE: store = `file:${join(base, 'store')}` } = config
  return {
    catalog: catalog.startsWith('sqlite:')
      ? { kind: 'sqlite', path: resolve(catalog.slice('sqlite:'.length)) }
      : { kind: 'postgres', url: catalog, connections: config.VIRGA_CATALOG_CONNECTIONS },
    store: store.startsWith('file:') ? { kind: 'folder', path: resolve(store.slice('file:'.length)) } : s3Of(store, config),
    bus: config.VIRGA_BUS === 'in-process' ? { kind: 'in-process' } : { kind: 'kafka', ...kafkaOf(config) },
    scratchRoot: resolve(config.VIRGA_SCRATCH ?? join(base, 'scratch')),
  }
}

/** The addresses that a configuration came to, for the table of effective values: defaults worked out. */
export function effectiveAddresses({ catalog, store, scratchRoot }: BackendConfig): Readonly<Record<string, string>> {
  return {
    VIRGA_CATALOG: catalog.kind === 'sqlite' ? `sqlite:${catalog.path}` : catalog.url,
    VIRGA_STORE: store.kind === 'folder' ? `file:${store.path}` : `s3+${store.endpoint}/${store.bucket}`,
    VIRGA_SCRATCH: scratchRoot,
  }
}

function s3Of(url: string, config: z.infer<typeof backendSettings>): BackendConfig['store'] {
  const { protocol, host, pathname } = new URL(url.slice('s3+'.length))
  return {
    kind: 's3',
    endpoint: `${protocol}//${host}`,
    bucket: pathname.split('/')[1] ?? '',
    accessKey: config.VIRGA_STORE_ACCESS_KEY ?? '',
    secretKey: config.VIRGA_STORE_SECRET_KEY ?? '',
    ...(config.VIRGA_STORE_PUBLIC_URL === undefined ? {} : { publicUrl: config.VIRGA_STORE_PUBLIC_URL }),
  }
}

function kafkaOf(config: z.infer<typeof backendSettings>): KafkaAddress {
  const { VIRGA_BUS_TLS_CA: ca, VIRGA_BUS_TLS_CERT: cert, VIRGA_BUS_TLS_KEY: key, VIRGA_BUS_SASL: mechanism } = config
  const tls =
    ca === undefined
      ? {}
      : { tls: { ...(ca === 'system' ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) } }
  const login = { username: config.VIRGA_BUS_USER ?? '', password: config.VIRGA_BUS_PASSWORD ?? '' }
  return {
    brokers: config.VIRGA_BUS.slice('kafka://'.length).split(','),
    ...tls,
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, ...login } }),
  }
}
