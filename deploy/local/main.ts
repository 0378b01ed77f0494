/**
 * `npm run stack`: a real Kafka, MinIO and PostgreSQL on the loopback until Ctrl-C. See deploy/README.md.
 *
 *   npm run stack -- [--folder F] [--only kafka,minio,postgres] [--kafka-port N] [--minio-port N] [--postgres-port N] [--prepare] [--fresh]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { exitCodeOf, isVirgaError, VirgaError } from '@virga/errors'
import { cacheFolder } from './get/cache.ts'
import { getKafka } from './get/kafka.ts'
import { getMinio } from './get/minio.ts'
import { choosePort } from './ports.ts'
import { type Server, servers, startStack } from './stack.ts'
import { stopStale } from './stale.ts'

const usualPorts: Readonly<Record<Server, number>> = { kafka: 19_092, minio: 19_000, postgres: 15_432 }

const began = Date.now()
const log = (line: string): void => void process.stdout.write(`[${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s] ${line}\n`)

try {
  await main()
} catch (error) {
  process.stderr.write(`${isVirgaError(error) ? `${error.code}: ${error.message}` : String(error)}\n`)
  process.exit(exitCodeOf(error))
}

async function main(): Promise<void> {
  const options = readOptions()
  if (options.prepare) {
    if (options.only.includes('kafka')) await getKafka((line) => log(`kafka: ${line}`))
    if (options.only.includes('minio')) await getMinio((line) => log(`minio: ${line}`))
    return log('everything is there')
  }
  mkdirSync(options.folder, { recursive: true })
  await stopStale(options.folder, log) // before ports are chosen: what is left over still holds its own
  if (options.fresh) for (const server of servers) rmSync(join(options.folder, server), { recursive: true, force: true })
  const ports: Partial<Record<Server, number>> = {}
  for (const server of options.only) ports[server] = options.ports[server] ?? (await choosePort(usualPorts[server]))
  const stopping = new Promise<string>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done(signal))
  })
  const starting = startStack({ ...options, ports, log, onExit: (server, why) => log(`${server}: ${why}; see ${options.folder}/logs`) })
  const first = await Promise.race([starting, stopping])
  if (typeof first === 'string') process.exit(130) // what was started goes along
  const file = join(options.folder, 'env.sh')
  const lines = Object.entries(first.env).map(([name, value]) => `export ${name}=${value}`)
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  process.stdout.write(`\n${lines.join('\n')}\n\n`)
  process.stdout.write(`In other shells: source ${file}; then once: virga topics apply, virga storage apply. Ctrl-C stops the servers.\n`)
  const keepAlive = setInterval(() => undefined, 60_000)
  log(`${await stopping}: stops`)
  clearInterval(keepAlive)
  await first.stop()
  rmSync(file, { force: true })
  log('stopped; the data stays')
}

function readOptions() {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const values = readArguments({
    ...{ folder: text, only: text, 'kafka-port': text, 'minio-port': text, 'postgres-port': text },
    ...{ prepare: flag, fresh: flag },
  })
  const only = (values.only?.split(',') ?? servers).map((name) => {
    const found = servers.find((server) => server === name)
    if (found === undefined) throw usage(`no server "${name}"`, '--only', servers.join(', '))
    return found
  })
  const given = { kafka: values['kafka-port'], minio: values['minio-port'], postgres: values['postgres-port'] }
  const ports: Partial<Record<Server, number>> = {}
  for (const server of servers) if (given[server] !== undefined) ports[server] = portOf(given[server], `--${server}-port`)
  const folder = resolve(values.folder ?? join(cacheFolder(), 'stack'))
  return { folder, only, ports, prepare: values.prepare === true, fresh: values.fresh === true }
}

function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), 'arguments', Object.keys(options).join(', '))
  }
}

function portOf(text: string, option: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw usage(`"${text}" is no port`, option, 'a number from 1 to 65535')
}

function usage(message: string, field: string, expected: string): VirgaError {
  return new VirgaError('VIRGA_USAGE', message, { field, expected })
}
