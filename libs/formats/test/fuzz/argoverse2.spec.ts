import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fuzz } from '@virga/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mapOf } from '../../src/argoverse2/read-map.ts'
import { readColumns } from '../../src/feather/read-feather.ts'
import { writeArgoverse2 } from '../../src/index.ts'
import { smallScenario } from '../small-scenario.ts'

/** The parsers of the Argoverse 2 reader on mutations of the small log of the other tests. */
describe('mutated input makes a VirgaError or is read', () => {
  let folder: string
  let log: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-fuzz-'))
    log = join(folder, 'log')
    await writeArgoverse2(smallScenario(), log)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('feather', async () => {
    const seedInputs = [await readFile(join(log, 'annotations.feather')), await readFile(join(log, 'calibration/intrinsics.feather'))]
    const schema = { timestamp_ns: 'int64', track_uuid: 'utf8', length_m: 'float64', num_interior_pts: 'int64' } as const
    const intrinsics = { sensor_name: 'utf8', fx_px: 'float64', width_px: 'integer' } as const
    const isLens = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes('fx_px')
    const target = (bytes: Uint8Array): unknown => (isLens(bytes) ? readColumns('x', bytes, intrinsics) : readColumns('x', bytes, schema))
    const { accepted, refused } = await fuzz({ name: 'feather', seedInputs, target, maxRssGrowthMib: 400 })
    expect(Math.min(accepted, refused)).toBeGreaterThan(100)
  })

  it('map', async () => {
    const seedInputs = [await readFile(join(log, 'map/log_map_archive_small-log____TST_city_1.json'))]
    const target = (bytes: Uint8Array): unknown => mapOf('x', Buffer.from(bytes).toString('utf8'))
    const { accepted, refused } = await fuzz({ name: 'map', seedInputs, target })
    expect(Math.min(accepted, refused)).toBeGreaterThan(100)
  })
})
