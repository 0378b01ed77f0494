import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { kafkaServer } from './servers/kafka.ts'
import { minioServer } from './servers/minio.ts'
import { postgresServer } from './servers/postgres.ts'
import { choosePort } from './ports.ts'
import { launch, type Process, type ServerSpec } from './process.ts'
import { stopStale } from './stale.ts'

export type { Process } from './process.ts'

export const servers = ['kafka', 'minio', 'postgres'] as const
export type Server = (typeof servers)[number]

export interface StackOptions {
  /** Where the servers keep their data, logs and process ids; what an earlier stack left there is found again. */
  readonly folder: string
  /** Loopback ports; free ones where none is given. */
  readonly ports?: Partial<Record<Server, number>>
  /** The servers to start; default all. */
  readonly only?: readonly Server[]
  /** Progress, a line at a time. */
  readonly log?: (line: string) => void
  /** Told when a server ends that nobody asked to end. */
  readonly onExit?: (server: Server, why: string) => void
}

export interface Stack {
  /** What the services read to find the servers: VIRGA_CATALOG, VIRGA_STORE, VIRGA_STORE_ACCESS_KEY, VIRGA_STORE_SECRET_KEY, VIRGA_BUS. */
  readonly env: Readonly<Record<string, string>>
  readonly kafka: Process
  readonly minio: Process
  readonly postgres: Process
  /** Stops every server; the data stays in the folder. */
  stop(): Promise<void>
}

const specs: Record<Server, (folder: string, port: number, log: (line: string) => void) => Promise<ServerSpec>> = {
  kafka: kafkaServer,
  minio: minioServer,
  postgres: postgresServer,
}

/**
 * Starts a real Kafka, MinIO and PostgreSQL on the loopback, with durable settings, and waits until they are ready. Gets and builds what is missing first.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY when a server can be neither found nor made here; the message says what to install
 * @throws VirgaError VIRGA_UNAVAILABLE when a server does not become ready; the message ends with the end of its log
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { only = servers, ports = {}, log = () => undefined, onExit = () => undefined } = options
  const folder = resolve(options.folder)
  mkdirSync(join(folder, 'logs'), { recursive: true })
  await stopStale(folder, log)
  const running = new Map<Server, Process>()
  const env: Record<string, string> = {}
  const stop = async () => {
    process.removeListener('exit', abandon)
    await Promise.all([...running.values()].map((one) => one.kill(one.stopSignal)))
  }
  // A process that ends without stop() takes its servers along.
  const abandon = () => [...running.values()].forEach((one) => one.pid !== undefined && process.kill(one.pid, one.stopSignal))
  process.on('exit', abandon)
  const startOne = async (server: Server) => {
    const port = ports[server] ?? (await choosePort())
    const spec = await specs[server](folder, port, (line) => log(`${server}: ${line}`))
    Object.assign(env, spec.env)
    const since = Date.now()
    const one = launch(spec, folder, (why) => onExit(server, why))
    running.set(server, one)
    one.start()
    await one.waitReady()
    log(`${server}: ready after ${((Date.now() - since) / 1000).toFixed(1)} s on port ${port}, process ${one.pid}`)
  }
  const outcomes = await Promise.allSettled(only.map(startOne))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const get = (server: Server): Process => {
    const one = running.get(server)
    if (one === undefined) throw new Error(`this stack was started without ${server}`)
    return one
  }
  return {
    env,
    stop,
    get kafka() {
      return get('kafka')
    },
    get minio() {
      return get('minio')
    },
    get postgres() {
      return get('postgres')
    },
  }
}
