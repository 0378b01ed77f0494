import { setTimeout as sleep } from 'node:timers/promises'
import { type AugmentationChange, openChangeFeed, runRelay, watchAugmentation, type WatchOptions } from '@virga/orchestration'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoopsUnderTest, openLoops } from './loops-under-test.ts'

describe('watchAugmentation', () => {
  let under: LoopsUnderTest
  beforeEach(async () => {
    under = await openLoops()
    const tasks = ['a', 'b'].map((key) => ({ key, stage: 'render' as const, input: null }))
    await under.catalog.augmentations.create({ id: 'job', tenant: 'team', scenario: 'road', spec: null, tasks })
  })
  afterEach(() => under.close())

  /** What a watch gives, as short texts. */
  const watch = (options: Partial<WatchOptions> = {}, feed?: Awaited<ReturnType<typeof openChangeFeed>>) => {
    const seen: string[] = []
    const text = (change: AugmentationChange) =>
      change.kind === 'task' ? `${change.task.key} ${change.task.state}` : change.augmentation.state
    const ended = (async () => {
      const ports = { augmentations: under.catalog.augmentations, ...(feed === undefined ? {} : { feed }) }
      for await (const change of watchAugmentation(ports, { tenant: 'team', id: 'job', pollMs: 20, ...options })) seen.push(text(change))
    })()
    ended.catch(() => undefined)
    return { seen, ended }
  }
  const work = async () => {
    const [task] = await under.catalog.work.claim({ stage: 'render', worker: 'w', leaseMs: 5000 })
    await sleep(150)
    if (task !== undefined) await under.catalog.work.complete(task.lease, {})
  }

  it('gives the state now, then each change, and ends with the final state', async () => {
    const { seen, ended } = watch()
    await expect.poll(() => seen).toEqual(['queued'])
    await work()
    await sleep(150)
    await work()
    await ended
    expect(seen).toEqual(['queued', 'a running', 'running', 'a done', 'running', 'b running', 'running', 'b done', 'succeeded'])
  })

  it('is woken by events, long before it would look again', async () => {
    const { catalog, bus, stop } = under
    const feed = await openChangeFeed(bus)
    void under.run(runRelay({ outbox: catalog.outbox, deadLetters: catalog.deadLetters, bus, signal: stop.signal }))
    const { seen, ended } = watch({ pollMs: 60_000 }, feed)
    await expect.poll(() => seen.length).toBe(1)
    await work()
    await work()
    await ended
    expect(seen.at(-1)).toBe('succeeded')
    await feed.close()
  })

  it('says nothing of what the caller has seen, and goes on from there', async () => {
    const { revision } = (await under.catalog.augmentations.get('team', 'job')) ?? { revision: 0 }
    const { seen, ended } = watch({ afterRevision: revision })
    await sleep(100)
    expect(seen).toEqual([])
    await under.catalog.augmentations.cancel('team', 'job')
    await ended
    expect(seen.at(-1)).toBe('cancelled')
  })

  it('survives a catalog that is away for a while', async () => {
    const { seen, ended } = watch()
    await expect.poll(() => seen.length).toBe(1)
    under.away.catalog = true
    await sleep(300)
    under.away.catalog = false
    await work()
    await work()
    await ended
    expect(seen.at(-1)).toBe('succeeded')
  })

  it('ends with NOT_FOUND for what is not there, not one of the tenant, or removed, and when it is cancelled', async () => {
    await expect(watch({ id: 'other' }).ended).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
    await expect(watch({ tenant: 'others' }).ended).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
    const { seen, ended } = watch()
    await expect.poll(() => seen.length).toBe(1)
    await under.catalog.augmentations.remove('team', 'job', { force: true })
    await expect(ended).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
    await under.catalog.augmentations.create({
      id: 'job',
      tenant: 'team',
      scenario: 'road',
      spec: null,
      tasks: [{ key: 'a', stage: 'render', input: null }],
    })
    const cancel = new AbortController()
    const cancelled = watch({ signal: cancel.signal, pollMs: 60_000 })
    await expect.poll(() => cancelled.seen.length).toBe(1)
    cancel.abort()
    await expect(cancelled.ended).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
  })
})
