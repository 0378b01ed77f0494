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
}

describe('PostgreSQL that is not there', () => {
  it('is said to be unavailable', async () => {
    await expect(openPostgresCatalog('postgres://postgres@127.0.0.1:1/postgres')).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
  })
})
