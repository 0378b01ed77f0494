import { spawn } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Augmentation, Catalog, DeadLetter } from '@virga/catalog'
import type { Backends } from '@virga/platform'
import { allAugmentations, allPages, audit } from '../support/audit.ts'
import { eventually } from '../support/eventually.ts'
import type { OwnStack } from '../support/own-stack.ts'
import { registerScenario } from '../support/scenario.ts'
import { type BulkLine, bulkLines, cameras, tenant, variants } from './requests.ts'

export interface BulkOptions {
  readonly requests: number
  readonly poisoned: number
  readonly minutes: number
}

export interface BulkReport {
  readonly finished: number
  readonly dead: number
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** What died, by what was wrong with it and the reason it was given. */
  readonly reasons: Readonly<Record<string, number>>
  readonly tasks: number
  readonly seconds: number
}

const workspace = join(import.meta.dirname, '..', '..', '..')
const services = { VIRGA_SMALL_TASK_MS: '20', VIRGA_SMALL_CONCURRENCY: '16' }

/** Has the example script write the requests, and waits until each of them has finished or died. */
export async function bulk(stack: OwnStack, options: BulkOptions, log: (line: string) => void): Promise<BulkReport> {
  const started = Date.now()
  const lines = bulkLines(options.requests, options.poisoned)
  const backends = await stack.open()
  try {
    await registerScenario(backends.catalog, tenant)
    for (const n of [1, 2]) stack.service(`orchestrator-${n}`, 'orchestrator.ts', services).start()
    for (const n of [1, 2]) stack.service(`worker-${n}`, 'worker.ts', services).start()
    log(await send(stack, lines))
    let told = 0
    const ended = async () => {
      const all = await allAugmentations(backends.catalog.augmentations, tenant)
      const [over, dead] = [all.filter(({ endedAt }) => endedAt !== undefined).length, (await letters(backends.catalog)).length]
      if (over + dead - told >= lines.length / 10) log(`${(told = over + dead)} of ${lines.length} requests have ended`)
      return over + dead >= lines.length && over === all.length
    }
    await eventually('every request has ended', ended, options.minutes * 60_000).catch((error: unknown) => log(String(error)))
    return { ...(await ledger(backends, lines)), seconds: (Date.now() - started) / 1000 }
  } finally {
    await backends.close().catch(() => undefined)
  }
}

/** As an outsider does it: a process of its own, a plain client, a file. */
function send(stack: OwnStack, lines: readonly BulkLine[]): Promise<string> {
  mkdirSync(stack.folder, { recursive: true })
  const file = join(stack.folder, 'requests.jsonl')
  writeFileSync(file, lines.map(({ text }) => `${text}\n`).join(''))
  const broker = (stack.env.VIRGA_BUS ?? '').replace('kafka://', '')
  const script = join(workspace, 'examples', 'bulk', 'send.mjs')
  const child = spawn(process.execPath, [script, broker], { stdio: [openSync(file, 'r'), 'pipe', 'pipe'] })
  let [out, trouble] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (trouble += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(out.trim()) : reject(new Error(`${script} ended with ${code}: ${trouble.slice(-2000)}`)),
    )
  })
}

/** Every request is either one augmentation, right to the last byte, or one dead letter with its bytes and the right reason. */
async function ledger(backends: Backends, lines: readonly BulkLine[]): Promise<Omit<BulkReport, 'seconds'>> {
  const augmentations = Map.groupBy(await allAugmentations(backends.catalog.augmentations, tenant), ({ requestId = '' }) => requestId)
  const dead = Map.groupBy(await letters(backends.catalog), ({ payload }) => Buffer.from(payload).toString())
  const [lost, doubled]: [string[], string[]] = [[], []]
  const reasons: Record<string, number> = {}
  let [finished, died, tasks] = [0, 0, 0]
  for (const [index, { text, requestId, dies }] of lines.entries()) {
    const [made, buried] = [augmentations.get(requestId) ?? [], dead.get(text) ?? []]
    augmentations.delete(requestId)
    dead.delete(text)
    const name = `request ${index + 1}${dies === undefined ? '' : ` (${dies.how})`}`
    if (made.length + buried.length > 1) doubled.push(`${name}: ${made.length} augmentations, ${buried.length} dead letters`)
    if (made.length + buried.length === 0) lost.push(`${name} came to nothing`)
    else if (dies === undefined) {
      const checked = await checkFinished(backends, name, made[0], buried[0])
      lost.push(...checked.lost)
      doubled.push(...checked.doubled)
      tasks += checked.done
      if (checked.lost.length === 0) finished++
    } else if (buried[0]?.reason !== dies.reason) lost.push(`${name}: ${told(buried[0])}, expected ${dies.reason}`)
    else {
      died++
      const key = `${dies.how}: ${dies.reason}`
      reasons[key] = (reasons[key] ?? 0) + 1
    }
  }
  doubled.push(...[...augmentations.keys()].map((id) => `an augmentation of request ${id} that was not written`))
  doubled.push(...[...dead.values()].flat().map(({ record = '' }) => `a dead letter that was not written: ${record}`))
  return { finished, dead: died, lost, doubled, reasons, tasks }
}

async function checkFinished(backends: Backends, name: string, made: Augmentation | undefined, buried: DeadLetter | undefined) {
  if (made === undefined) return { lost: [`${name} died: ${told(buried)}`], doubled: [], done: 0 }
  return eventually(`the audit of ${name}`, () => audit(backends, { tenant, augmentation: made.id, cameras, variants }))
}

const told = (letter: DeadLetter | undefined): string => (letter === undefined ? 'no dead letter' : `${letter.reason} ${letter.message}`)

const letters = ({ deadLetters }: Catalog): Promise<DeadLetter[]> => allPages((after) => deadLetters.list({ size: 500, ...after }))
