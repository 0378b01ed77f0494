import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '@virga/catalog'
import type { Backends } from '@virga/platform'
import { allAugmentations, type Audit, audit } from '../support/audit.ts'
import { eventually } from '../support/eventually.ts'
import type { OwnStack } from '../support/own-stack.ts'
import { registerScenario, smallAugmentation } from '../support/scenario.ts'
import { type SoakOptions, tasksEach } from './options.ts'
import { random } from './random.ts'
import { victimsOf } from './victims.ts'

export interface SoakReport {
  readonly done: number
  readonly kills: Readonly<Record<string, number>>
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Processes that ended by themselves: nothing that another one does may end them. */
  readonly crashed: readonly string[]
  readonly attempts: number
  readonly expired: number
  readonly failed: number
  readonly repeated: number
  readonly seconds: number
}

const tenant = 'soak'
/** Between two kills on average: time enough for work to be under way again when the next one hits. ms */
const killGapMs = 1500
const cameras = ['front']
const variants = ['rain-night', 'snow-day']

/**
 * Kills processes at random while tasks are done, lets everything come back, and audits what is there at the end. Work is handed in as the
 * kills go on, so that every kill falls into it.
 */
export async function soak(stack: OwnStack, options: SoakOptions, log: (line: string) => void): Promise<SoakReport> {
  const started = Date.now()
  const deadline = started + options.minutes * 60_000
  const chance = random(options.seed)
  const augmentations = options.tasks / tasksEach
  const victims = victimsOf(stack)
  const backends = await stack.open()
  try {
    await registerScenario(backends.catalog, tenant)
    await Promise.all(victims.map((victim) => victim.start()))
    let handedIn = 0
    const handIn = async (upTo: number) => {
      for (; handedIn < Math.min(upTo, augmentations); handedIn++) await submit(backends.catalog, handedIn)
    }
    const kills: Record<string, number> = {}
    const crashed: string[] = []
    const lookForCrashes = async () => {
      for (const victim of victims.filter((one) => one.crashed())) {
        crashed.push(victim.name)
        log(`${victim.name} ended by itself; see its log`)
        await victim.start()
      }
    }
    for (let kill = 0; kill < options.kills; kill++) {
      if (Date.now() > deadline) throw new Error(`${kill} kills after ${options.minutes} minutes: --minutes is too short`)
      await handIn(Math.ceil(((kill + 1) / options.kills) * augmentations))
      await sleep(killGapMs * (0.4 + 1.2 * chance()))
      await lookForCrashes()
      const victim = await pick(victims, chance)
      await victim.kill()
      kills[victim.name] = (kills[victim.name] ?? 0) + 1
      const downMs = chance() * 1000
      void sleep(downMs).then(() => victim.start())
      if ((kill + 1) % 10 === 0) log(`${kill + 1} kills, ${await doneTasks(backends)} of ${options.tasks} tasks done`)
    }
    await handIn(augmentations)
    await eventually('all processes are back', async () => victims.every((victim) => victim.running()), 120_000)
    await eventually(
      'every augmentation has ended',
      async () => (await allAugmentations(backends.catalog.augmentations, tenant)).every(({ endedAt }) => endedAt !== undefined),
      Math.max(deadline - Date.now(), 1000),
    ).catch((error: unknown) => log(String(error))) // the audit says which
    await lookForCrashes()
    const audits: Audit[] = []
    for (let i = 0; i < augmentations; i++) {
      const one = { tenant, augmentation: idOf(i), cameras, variants }
      audits.push(await eventually(`the audit of ${idOf(i)}`, () => audit(backends, one)))
    }
    const sum = (of: (one: Audit) => number) => audits.reduce((total, one) => total + of(one), 0)
    return {
      done: sum((one) => one.done),
      kills,
      lost: audits.flatMap((one) => one.lost),
      doubled: [...audits.flatMap((one) => one.doubled), ...(await uninvited(backends.catalog, augmentations))],
      crashed,
      attempts: sum((one) => one.attempts),
      expired: sum((one) => one.expired),
      failed: sum((one) => one.failed),
      repeated: sum((one) => one.repeated),
      seconds: (Date.now() - started) / 1000,
    }
  } finally {
    await backends.close().catch(() => undefined)
  }
}

const idOf = (index: number): string => `soak-${index}`

/** Asks again until there is an answer, as a client does: the request id makes it one augmentation however often it is asked for. */
async function submit({ augmentations }: Catalog, index: number): Promise<void> {
  const requestId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const request = smallAugmentation(idOf(index), tenant, requestId, cameras, variants)
  await eventually(`${idOf(index)} is taken`, async () => {
    const { outcome } = await augmentations.create(request)
    if (outcome === 'conflict') throw new Error(`${idOf(index)} conflicts with itself`)
    return true
  })
}

/** One that runs: a kill of what is dead already does not count. */
async function pick(victims: ReturnType<typeof victimsOf>, chance: () => number) {
  return eventually('a process to kill', async () => {
    const alive = victims.filter((victim) => victim.running())
    const total = alive.reduce((sum, { weight }) => sum + weight, 0)
    let at = chance() * total
    return alive.find(({ weight }) => (at -= weight) < 0)
  })
}

async function doneTasks({ catalog }: Backends): Promise<number> {
  try {
    const all = await allAugmentations(catalog.augmentations, tenant)
    return all.reduce((sum, { taskCounts }) => sum + taskCounts.done, 0)
  } catch {
    return NaN // the database is down just now
  }
}

async function uninvited(catalog: Catalog, augmentations: number): Promise<string[]> {
  const ids = (await allAugmentations(catalog.augmentations, tenant)).map(({ id }) => id)
  const asked = new Set(Array.from({ length: augmentations }, (_, i) => idOf(i)))
  return ids.filter((id) => !asked.delete(id)).map((id) => `augmentation ${id} was not asked for`)
}
