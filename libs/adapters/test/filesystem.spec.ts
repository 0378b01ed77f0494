import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultStoreFolder, openFilesystemStore, openScratch } from '../src/index.ts'
import { blobStoreContract } from './blob-store.contract.ts'

const folders: string[] = []
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'virga-store-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

blobStoreContract('filesystem', async () => {
  const root = await mkdtemp(join(tmpdir(), 'virga-store-'))
  const one = await openFilesystemStore(root)
  const two = await openFilesystemStore(root)
  return {
    store: one.store,
    other: two.store,
    damage: async (ref) => {
      const path = join(root, 'blobs', ref.sha256.slice(0, 2), ref.sha256)
      const content = await readFile(path)
      content[3] = (content[3] ?? 0) ^ 1
      await writeFile(path, content)
    },
    finalNames: async () => (await readdir(join(root, 'blobs'), { recursive: true })).sort(),
    close: () => rm(root, { recursive: true, force: true }),
  }
})

describe('filesystem store', () => {
  it('lies in $VIRGA_HOME/store, else in the user cache', () => {
    expect(defaultStoreFolder({ VIRGA_HOME: '/data/virga' })).toBe('/data/virga/store')
    expect(defaultStoreFolder({})).toMatch(/\.cache\/virga\/store$/)
  })

  it('says that a folder cannot be written', async () => {
    const root = await newFolder()
    await writeFile(join(root, 'file'), '')
    await expect(openFilesystemStore(join(root, 'file'))).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
  })

  it('says so where no folder can be made, whoever asks', async () => {
    await expect(openFilesystemStore('/proc/virga-store')).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
  })

  it('takes an entry that is not JSON for none', async () => {
    const root = await newFolder()
    const { store } = await openFilesystemStore(root)
    await mkdir(join(root, 'entries', 'stages'), { recursive: true })
    await writeFile(join(root, 'entries', 'stages', 'k.json'), '{"cut of')
    expect(await store.readEntry('stages', 'k')).toBeUndefined()
  })

  it('maps a full disk to its own error and keeps nothing half-written', async (test) => {
    const root = await newFolder()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root])
    if (mounted.status !== 0) test.skip('needs the right to mount a small tmpfs')
    try {
      const { store, scratch } = await openFilesystemStore(root)
      await expect(store.put(new Uint8Array(4 << 20))).rejects.toMatchObject({ code: 'VIRGA_DISK_FULL' })
      expect(await readdir(join(root, 'blobs'))).toEqual([])
      expect(await readdir(scratch.folder)).toEqual([])
    } finally {
      spawnSync('umount', [root])
    }
  })
})

describe('scratch folder', () => {
  it('removes what killed processes left, and leaves those of living processes and other hosts alone', async () => {
    const root = await newFolder()
    const living = await openScratch(root)
    await writeFile(living.path('.part'), 'x')
    const dead = spawnSync(process.execPath, ['-e', 'console.log(process.pid)']).stdout.toString().trim()
    const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')
    await mkdir(join(root, `${host}.${dead}.12345.abc`))
    await mkdir(join(root, `${host}.${process.pid}.1.recycled`))
    await mkdir(join(root, `elsewhere.${dead}.12345.abc`))
    const second = await openScratch(root)
    expect((await readdir(root)).sort()).toEqual(
      [living.folder, second.folder, `elsewhere.${dead}.12345.abc`].map((path) => path.split('/').at(-1)).sort(),
    )
    second.remove()
    expect(await readdir(living.folder)).toEqual(['1.part'])
  })

  it('loses nothing that a process had finished when it is killed with SIGKILL in the middle of a write', async () => {
    const root = await newFolder()
    const script = `
      import { openFilesystemStore } from '${new URL('../src/index.ts', import.meta.url).href}'
      const { store } = await openFilesystemStore(process.argv[1])
      for (let i = 0; ; i++) {
        const ref = await store.put(new TextEncoder().encode('blob ' + i + 'x'.repeat(200000)))
        await store.writeEntry('stages', 'last', { i, ref })
        process.stdout.write(JSON.stringify(ref) + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, root], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString()
        if (text.split('\n').length > 20) child.kill('SIGKILL')
      })
      child.on('exit', () => resolve())
    })
    const { store } = await openFilesystemStore(root)
    const told = text.split('\n').slice(0, -1)
    expect(told.length).toBeGreaterThanOrEqual(20)
    for (const line of told) expect(await store.verify(JSON.parse(line) as { sha256: string; size: number })).toBe(true)
    for (const name of await readdir(join(root, 'blobs'), { recursive: true })) {
      if (!name.includes('/')) continue
      const content = await readFile(join(root, 'blobs', name))
      expect(createHash('sha256').update(content).digest('hex')).toBe(name.split('/')[1])
    }
    expect(await store.readEntry('stages', 'last')).toMatchObject({ i: expect.any(Number) as number })
    expect(await readdir(join(root, 'scratch'))).toHaveLength(1)
  })
})
