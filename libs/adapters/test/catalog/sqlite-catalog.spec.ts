import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { openSqliteCatalog } from '../../src/catalog/index.ts'
import { catalogContract } from './catalog.contract.ts'
import { indexUse } from './index-use.contract.ts'
import { resourcesContract } from './resources.contract.ts'
import { randomSchedules } from './schedules.contract.ts'
import { sqliteUnderTest } from './under-test.ts'

catalogContract('SQLite', sqliteUnderTest)
resourcesContract('SQLite', sqliteUnderTest)
randomSchedules('SQLite', sqliteUnderTest)
indexUse('SQLite', sqliteUnderTest)

describe('the catalog in a file', () => {
  const folders: string[] = []
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'virga-catalog-'))
    folders.push(folder)
    return folder
  }
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  it('is in WAL mode, with the wait for the disk that a commit promises', async () => {
    const path = join(newFolder(), 'deep', 'catalog.sqlite')
    const catalog = await openSqliteCatalog(path)
    const raw = new DatabaseSync(path)
    expect(raw.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    raw.close()
    await catalog.close()
  })

  it('says what is wrong with a file that is none, a folder that cannot be made, and a catalog of a newer release', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'text'), 'this is no database, whatever its name says '.repeat(100))
    await expect(openSqliteCatalog(join(folder, 'text'))).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { file: join(folder, 'text') },
    })
    await expect(openSqliteCatalog(join(folder, 'text', 'catalog'))).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    mkdirSync(join(folder, 'folder'))
    await expect(openSqliteCatalog(join(folder, 'folder'))).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    const path = join(folder, 'newer.sqlite')
    await (await openSqliteCatalog(path)).close()
    const raw = new DatabaseSync(path)
    raw.exec(`insert into virga_migrations values ('9999-later', 0)`)
    raw.close()
    await expect(openSqliteCatalog(path)).rejects.toMatchObject({ code: 'VIRGA_FUTURE_VERSION' })
  })

  it('says so when another process keeps the write lock', async () => {
    const path = join(newFolder(), 'catalog.sqlite')
    const catalog = await openSqliteCatalog(path, { busyTimeoutMs: 50 })
    const raw = new DatabaseSync(path)
    raw.exec('begin immediate')
    await expect(catalog.sweeper.sweep()).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
    raw.exec('rollback')
    raw.close()
    expect(await catalog.sweeper.sweep()).toMatchObject({ woken: 0 })
    await catalog.close()
  })

  it('tells leases by the clock of the database', async () => {
    const catalog = await openSqliteCatalog(join(newFolder(), 'catalog.sqlite'))
    await catalog.augmentations.create({
      id: 'a1',
      tenant: 't1',
      scenario: 's',
      spec: null,
      tasks: [{ key: 'k', stage: 'render', input: null }],
    })
    const [task] = await catalog.work.claim({ stage: 'render', worker: 'w', leaseMs: 1 })
    await expect
      .poll(async () => (await catalog.sweeper.sweep()).expired + (await catalog.sweeper.sweep()).woken, { timeout: 10_000 })
      .toBeGreaterThan(0)
    expect(await catalog.work.heartbeat(task?.lease ?? { task: '', fence: 0 }, 1000)).toEqual({ outcome: 'lost' })
    const { createdAt } = (await catalog.augmentations.get('t1', 'a1')) ?? { createdAt: 0 }
    expect(Math.abs(createdAt - Date.now())).toBeLessThan(120_000)
    await catalog.close()
  })

  it('loses nothing that was acknowledged when a writer is killed with SIGKILL, again and again', async () => {
    const path = join(newFolder(), 'catalog.sqlite')
    const script = `
      import { openSqliteCatalog } from '${new URL('../../src/catalog/index.ts', import.meta.url).href}'
      const catalog = await openSqliteCatalog(process.argv[1])
      for (let i = 0; ; i++) {
        const id = 'a' + process.pid + '-' + i
        await catalog.augmentations.create({ id, tenant: 't1', scenario: 's', spec: { pad: 'x'.repeat(2000) }, tasks: [{ key: 'k', stage: 'render', input: null }] })
        process.stdout.write('created ' + id + '\\n')
        for (const { lease } of await catalog.work.claim({ stage: 'render', worker: String(process.pid), leaseMs: 1 })) {
          const { outcome } = await catalog.work.complete(lease, {})
          if (outcome === 'accepted') process.stdout.write('done ' + lease.task + '\\n')
        }
      }`
    const told: string[] = []
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let text = ''
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          text += data.toString()
          if (text.split('\n').length > 25 + kill * 7) child.kill('SIGKILL')
        })
        child.on('exit', () => resolve())
      })
      told.push(...text.split('\n').slice(0, -1))
    }
    const raw = new DatabaseSync(path)
    expect(raw.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const augmentations = new Set(
      raw
        .prepare('select id from augmentations')
        .all()
        .map(({ id }) => id),
    )
    const done = new Set(
      raw
        .prepare(`select id from tasks where state = 'done'`)
        .all()
        .map(({ id }) => id),
    )
    expect(told.length).toBeGreaterThan(75)
    for (const line of told) {
      const [what, id] = line.split(' ')
      expect((what === 'created' ? augmentations : done).has(id), line).toBe(true)
    }
    // Nothing is half there: each augmentation has its task, each end its attempt, and each has told of itself.
    expect(
      raw.prepare('select id from augmentations a where not exists (select 1 from tasks t where t.augmentation_id = a.id)').all(),
    ).toEqual([])
    expect(
      raw
        .prepare(
          `select id from tasks t where state = 'done' and not exists (select 1 from attempts a where a.task_id = t.id and a.outcome = 'done')`,
        )
        .all(),
    ).toEqual([])
    expect(raw.prepare(`select count(*) as n from outbox where note like '%"state":"done"%'`).get()).toEqual({ n: done.size })
    raw.close()
  })
})
