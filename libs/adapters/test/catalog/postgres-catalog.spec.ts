import { afterAll, describe, expect, it } from 'vitest'
import { openPostgresCatalog } from '../../src/catalog/index.ts'
import { catalogContract } from './catalog.contract.ts'
import { indexUse } from './index-use.contract.ts'
import { resourcesContract } from './resources.contract.ts'
import { randomSchedules } from './schedules.contract.ts'
import { postgresUnderTest } from './under-test.ts'

const started = await postgresUnderTest()

if (typeof started === 'string') {
  it('the catalog on PostgreSQL', (test) => test.skip(started))
} else {
  const shared = { ...started, close: () => started.reset() }
  afterAll(() => started.close())
  catalogContract('PostgreSQL', async () => shared)
  resourcesContract('PostgreSQL', async () => shared)
  randomSchedules('PostgreSQL', async () => shared)
  indexUse('PostgreSQL', async () => shared)

  describe('statements that the server keeps', () => {
    it('do not stand in the way of a release that adds a column', async () => {
      await started.reset()
      const { augmentations, work } = started.catalog
      const round = async (id: string) => {
        const tasks = [{ key: 'k', stage: 'render' as const, input: null }]
        await augmentations.create({ id, tenant: 't1', scenario: 's', spec: null, tasks })
        const [task] = await work.claim({ stage: 'render', worker: 'w', leaseMs: 1000 })
        expect(await work.complete(task.lease, {})).toEqual({ outcome: 'accepted' })
        expect(await augmentations.get('t1', id)).toMatchObject({ state: 'succeeded' })
      }
      for (let i = 0; i < 6; i++) await round(`before${i}`)
      await started.rows('alter table tasks add column later text')
      await started.rows('alter table augmentations add column later text')
      for (let i = 0; i < 6; i++) await round(`after${i}`)
      await started.rows('alter table tasks drop column later')
      await started.rows('alter table augmentations drop column later')
    })
  })
}

describe('PostgreSQL that is not there', () => {
  it('is said to be unavailable', async () => {
    await expect(openPostgresCatalog('postgres://postgres@127.0.0.1:1/postgres')).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
  })
})
