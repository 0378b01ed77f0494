import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqliteCatalog } from '@virga/adapters/catalog'
import { expect, it } from 'vitest'
import { choosePort } from '../../deploy/local/ports.ts'
import { digests, hasMini, start, virga, workspace } from '../virga.ts'
import { allAugmentations, allPages } from './support/audit.ts'
import { eventually } from './support/eventually.ts'
import { freshFolder } from './support/fresh-folder.ts'
import { Supervised } from './support/supervised.ts'

const drive = ['augment', '--simulate', '900002', '--frames', '9', '--variant', 'rain/night', '--variant', 'snow/day']

if (!hasMini) it('serves', (test) => test.skip('models/mini is not there'))
else {
  it('virga serve, killed in the middle of an augmentation, goes on at the next start; its client sees nothing but a pause', async () => {
    const folder = await freshFolder('serve')
    const home = join(folder, 'home')
    const address = `127.0.0.1:${await choosePort()}`
    const server = new Supervised({
      name: 'serve',
      file: join(workspace, 'apps', 'cli', 'src', 'main.ts'),
      arguments: ['serve', '--home', home, '--listen', address],
      env: { VIRGA_LEASE_MS: '2000', VIRGA_POLL_MS: '500' },
      folder,
    })
    server.start()
    await server.waitReady()
    const client = start(['--server', address, ...drive, '--out', join(folder, 'remote')])
    try {
      const catalog = await openSqliteCatalog(join(home, 'catalog.sqlite'))
      const tasks = async () => {
        const [one] = await allAugmentations(catalog.augmentations, 'default')
        return one === undefined ? [] : allPages((after) => catalog.augmentations.tasks({ augmentation: one.id, size: 100, ...after }))
      }
      await eventually('a variant is being generated', async () =>
        (await tasks()).some(({ stage, state }) => stage === 'generate' && state === 'running'),
      )
      const before = (await tasks()).filter(({ state }) => state === 'done').map(({ key, attempts }) => [key, attempts.length])
      await server.kill('SIGKILL')
      server.start()
      await server.waitReady()
      const remote = await client.done
      expect(remote, remote.stderr).toMatchObject({ code: 0 })

      const local = await virga([...drive, '--store', join(folder, 'store'), '--out', join(folder, 'local')])
      expect(local, local.stderr).toMatchObject({ code: 0 })
      expect(await digests(join(folder, 'remote'))).toEqual(await digests(join(folder, 'local')))

      const after = await tasks()
      expect(
        after.every(({ state, attempts }) => state === 'done' && attempts.filter(({ outcome }) => outcome === 'done').length === 1),
      ).toBe(true)
      // What was done before stays done; what was cut off was tried again.
      const tries = new Map(after.map(({ key, attempts }) => [key, attempts.length]))
      expect(before.map(([key]) => key)).toContain('render.front')
      for (const [key, count] of before) expect([key, tries.get(key as string)]).toEqual([key, count])
      expect(Math.max(...tries.values())).toBe(2)
      await catalog.close()
    } finally {
      client.child.kill('SIGKILL')
      await server.kill('SIGTERM')
    }
    expect(await server.ended).toBe(0)
    await rm(folder, { recursive: true, force: true })
  })
}
