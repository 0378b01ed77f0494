import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BlobRef,
  folderDigest,
  type ProgressEvent,
  runStage,
  type StageContext,
  stageKey,
  type StageSpec,
  systemClock,
} from '@virga/augmentation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFilesystemStore, type OpenedStore } from '../src/index.ts'

let root: string
let opened: OpenedStore
let events: ProgressEvent[]
let context: StageContext

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'virga-stages-'))
  opened = await openFilesystemStore(join(root, 'store'))
  events = []
  context = {
    store: opened.store,
    clock: systemClock,
    progress: { report: (event) => events.push(event) },
    scratch: (suffix) => opened.scratch.path(suffix),
  }
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

const spec = (over: Partial<StageSpec<'squares'>> = {}): StageSpec<'squares'> => ({
  name: 'squares',
  version: 1,
  title: 'squares',
  inputs: { numbers: 'a'.repeat(64) },
  config: { upTo: 5 },
  outputs: ['squares'],
  ...over,
})

/** A small real stage: writes squares, and counts how often it ran. */
function squares() {
  const made = { times: 0 }
  const produce = async (): Promise<{ outputs: { squares: BlobRef } }> => {
    made.times++
    return { outputs: { squares: await context.store.put(new TextEncoder().encode('0 1 4 9 16')) } }
  }
  return { made, produce }
}

const pathOf = ({ sha256 }: BlobRef) => join(root, 'store', 'blobs', sha256.slice(0, 2), sha256)

describe('stageKey', () => {
  it('is stable: a key of an earlier version still finds its result', () => {
    // printf '{"config":{"upTo":5},"inputs":{"numbers":"aa..a"},"stage":"squares","version":1}' | sha256sum
    expect(stageKey(spec())).toBe('46b9ce1dfc3e961c6983b2dd53dd61c9eb9bcfbdd9231709368e6e182014566d')
  })

  it('changes with name, version, any input and any part of the config, and with nothing else', () => {
    const key = stageKey(spec())
    for (const other of [
      { name: 'cubes' },
      { version: 2 },
      { inputs: { numbers: 'b'.repeat(64) } },
      { config: { upTo: 6 } },
      { config: { upTo: 5, by: 1 } },
    ]) {
      expect(stageKey(spec(other))).not.toBe(key)
    }
    expect(stageKey(spec({ title: 'other words', total: 9, unit: 'numbers' }))).toBe(key)
  })
})

describe('runStage', () => {
  it('runs once and reuses afterwards, also in another process, and says so', async () => {
    const { made, produce } = squares()
    const first = await runStage(context, spec(), produce)
    const again = await openFilesystemStore(join(root, 'store'))
    const second = await runStage({ ...context, store: again.store }, spec(), produce)
    expect(made.times).toBe(1)
    expect(first.reused).toBe(false)
    expect(second).toMatchObject({ reused: true, key: first.key, outputs: first.outputs })
    expect(events.at(-1)).toEqual({ kind: 'stage-finished', stage: 'squares', reused: true, key: first.key })
  })

  it('makes a result anew when its blob is damaged on disk, and mends the blob', async () => {
    const { made, produce } = squares()
    const { outputs } = await runStage(context, spec(), produce)
    const bytes = await readFile(pathOf(outputs.squares))
    bytes[0] = 0x39
    await writeFile(pathOf(outputs.squares), bytes)
    const second = await runStage(context, spec(), produce)
    expect(second.reused).toBe(false)
    expect(made.times).toBe(2)
    expect(await context.store.verify(outputs.squares)).toBe(true)
    expect(events).toContainEqual({ kind: 'note', message: 'squares: the stored squares is gone or damaged, made anew' })
  })

  it('makes a result anew when its blob is gone, cut off, or its entry is broken', async () => {
    const { made, produce } = squares()
    const { outputs, key } = await runStage(context, spec(), produce)
    await rm(pathOf(outputs.squares))
    await runStage(context, spec(), produce)
    await writeFile(pathOf(outputs.squares), '0 1')
    await runStage(context, spec(), produce)
    await writeFile(join(root, 'store', 'entries', 'stages', `${key}.json`), '{"schema":"virga.stage/1","outputs":')
    await runStage(context, spec(), produce)
    await writeFile(join(root, 'store', 'entries', 'stages', `${key}.json`), '{"schema":"virga.stage/2"}')
    await runStage(context, spec(), produce)
    expect(made.times).toBe(5)
    expect((await runStage(context, spec(), produce)).reused).toBe(true)
  })

  it('keeps nothing of a stage that fails', async () => {
    await expect(
      runStage(context, spec(), async () => {
        throw new Error('the adapter was lost')
      }),
    ).rejects.toThrow('the adapter was lost')
    expect(await readdir(join(root, 'store', 'entries'))).toEqual([])
  })

  it('stops between steps when it is cancelled, with a code of its own, and keeps nothing', async () => {
    const controller = new AbortController()
    const run = runStage({ ...context, signal: controller.signal }, spec(), async ({ advance }) => {
      advance(1)
      controller.abort()
      advance(2)
      throw new Error('not reached')
    })
    await expect(run).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
    expect(await readdir(join(root, 'store', 'entries'))).toEqual([])
  })
})

describe('folderDigest', () => {
  it('depends on names and content, not on place or time, and reads a file once', async () => {
    const make = async (name: string, text: string): Promise<string> => {
      const folder = await mkdtemp(join(root, `${name}-`))
      await writeFile(join(folder, 'poses.feather'), text)
      await writeFile(join(folder, 'map.json'), '{}')
      return folder
    }
    const [one, copy, other] = [await make('one', 'abc'), await make('copy', 'abc'), await make('other', 'abd')]
    const later = { now: () => Date.now() + 60_000 }
    const digest = await folderDigest(opened.store, later, one)
    expect(digest).toMatchObject({ files: 2, bytes: 5 })
    expect((await folderDigest(opened.store, later, copy)).sha256).toBe(digest.sha256)
    expect((await folderDigest(opened.store, later, other)).sha256).not.toBe(digest.sha256)
    const [memo] = await readdir(join(root, 'store', 'entries', 'file-digests'))
    expect(memo).toMatch(/^[0-9a-f]{64}\.json$/)
    await writeFile(join(one, 'map.json'), '[]')
    expect((await folderDigest(opened.store, later, one)).sha256).not.toBe(digest.sha256)
  })

  it('follows links, also in a circle', async () => {
    const real = await mkdtemp(join(root, 'real-'))
    await writeFile(join(real, 'image.jpg'), 'pixels')
    const log = await mkdtemp(join(root, 'linked-'))
    await symlink(real, join(log, 'cameras'))
    await symlink(log, join(log, 'circle'))
    const before = await folderDigest(opened.store, systemClock, log)
    expect(before.files).toBe(1)
    await writeFile(join(real, 'image.jpg'), 'others')
    expect((await folderDigest(opened.store, systemClock, log)).sha256).not.toBe(before.sha256)
  })

  it('does not remember a file that has only just been written', async () => {
    const folder = await mkdtemp(join(root, 'fresh-'))
    await writeFile(join(folder, 'a'), '1')
    await folderDigest(opened.store, systemClock, folder)
    const [memo] = await readdir(join(root, 'store', 'entries', 'file-digests'))
    const entry = await readFile(join(root, 'store', 'entries', 'file-digests', memo ?? ''), 'utf8')
    expect(JSON.parse(entry)).toEqual({ files: {} })
  })

  it('says that there is nothing at the path', async () => {
    await expect(folderDigest(opened.store, systemClock, join(root, 'absent'))).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })
})
