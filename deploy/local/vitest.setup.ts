/**
 * Vitest's global setup in every project: a desk on the loopback where spec files ask for real servers (`realStack` of `@virga/testing/stack`). Nothing is
 * started until one asks; what was started is stopped, and its data removed, when the run ends, also when tests failed.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { StackAnswer } from '@virga/testing/stack'
import type { TestProject } from 'vitest/node'
import { cacheFolder } from './get/cache.ts'
import type { Server, Stack } from './stack.ts'

/** One desk for all projects of the run; their modules are loaded apart from each other, so it lies in the global scope. */
interface Desk {
  readonly http: HttpServer
  users: number
  readonly started: Map<Server, Promise<Stack>>
  readonly answers: Map<Server, StackAnswer>
  folder?: string
}

const key = Symbol.for('virga.test-stack')
const shared = globalThis as { [key]?: Desk }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const desk = (shared[key] ??= openDesk())
  desk.users++
  if (!desk.http.listening) await new Promise((resolve) => desk.http.once('listening', resolve))
  project.provide('stackDesk', `http://127.0.0.1:${(desk.http.address() as AddressInfo).port}/`)
  return async () => {
    if (--desk.users > 0) return
    delete shared[key]
    desk.http.close()
    desk.http.closeAllConnections()
    const stacks = await Promise.allSettled([...desk.started.values()])
    await Promise.all(stacks.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.stop()] : [])))
    if (desk.folder !== undefined) rmSync(desk.folder, { recursive: true, force: true })
  }
}

function openDesk(): Desk {
  const http = createServer((request, response) => {
    const wanted = new URL(request.url ?? '/', 'http://desk').searchParams.get('servers')?.split(',') ?? []
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answerOf(desk, wanted as Server[])))
  })
  const desk: Desk = { http, users: 0, started: new Map(), answers: new Map() }
  http.listen(0, '127.0.0.1')
  return desk
}

function answerOf(desk: Desk, wanted: readonly Server[]): StackAnswer {
  for (const server of wanted) if (!desk.started.has(server)) start(desk, server)
  const answers = wanted.map((server) => desk.answers.get(server) ?? { state: 'starting' as const })
  const env: Record<string, string> = {}
  for (const answer of answers) {
    if (answer.state !== 'ready') return answer
    Object.assign(env, answer.env)
  }
  return { state: 'ready', env }
}

function start(desk: Desk, server: Server): void {
  const starting = (async () => {
    const { startStack } = await import('./stack.ts')
    desk.folder ??= await newRun()
    const log = (line: string) => process.stderr.write(`stack: ${line}\n`)
    return startStack({ folder: join(desk.folder, server), only: [server], log, onExit: (name, why) => log(`${name}: ${why}`) })
  })()
  desk.started.set(server, starting)
  starting.then(
    ({ env }) => desk.answers.set(server, { state: 'ready', env: { ...env } }),
    (error: unknown) => desk.answers.set(server, { state: 'none', why: error instanceof Error ? error.message : String(error) }),
  )
}

/** A folder for this run; what killed runs left behind is stopped and removed. */
async function newRun(): Promise<string> {
  const { isInUse, stopStale } = await import('./stale.ts')
  const runs = join(cacheFolder(), 'runs')
  mkdirSync(runs, { recursive: true })
  for (const run of readdirSync(runs)) {
    const stacks = readdirSync(join(runs, run)).map((server) => join(runs, run, server))
    if (isAlive(Number(run.split('-')[0])) || stacks.some(isInUse)) continue
    for (const stack of stacks) await stopStale(stack, () => undefined).catch(() => undefined)
    rmSync(join(runs, run), { recursive: true, force: true })
  }
  const run = mkdtempSync(join(runs, `${process.pid}-`))
  chmodSync(run, 0o755) // PostgreSQL started by root runs as another user, who has to reach its data below
  return run
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
