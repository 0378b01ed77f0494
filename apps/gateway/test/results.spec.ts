import { randomBytes } from 'node:crypto'
import { BundleService, DeadLetterService, PresetService, Task_Stage, Task_State, TaskService, VariantService } from '@virga/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal, type RunningGateway, startGateway, TestClient } from './gateway.ts'

let gateway: RunningGateway
let client: TestClient
const video = randomBytes(700_000)
const variant = 'augmentations/done/variants/front.rain-night'

beforeAll(async () => {
  gateway = await startGateway()
  client = new TestClient(gateway.port)
  const { catalog, store } = gateway.backends
  const ref = await store.put(video)
  const manifest = await store.put(Buffer.from('{}'))
  for (const id of ['done', 'broken']) {
    const spec = { scenario: 'scenarios/s', cameras: ['front'], variants: [{ look: { weather: 'rain', lighting: 'night' } }] }
    const tasks = [
      { key: 'inspect', stage: 'inspect', input: { ask: id } },
      { key: 'publish', stage: 'publish', needs: ['inspect'], input: {} },
    ] as const
    await catalog.augmentations.create({ id, tenant: 'default', scenario: 's', spec, tasks })
  }
  const attributes = { look: { weather: 'rain', lighting: 'night' }, seed: 7, width: 320, height: 176, frames: 121, frameRate: 24 }
  for (const { lease, augmentation } of await catalog.work.claim({ stage: 'inspect', worker: 'w', leaseMs: 30_000, limit: 2 })) {
    if (augmentation === 'broken') await catalog.work.fail(lease, { reason: 'VIRGA_BAD_INPUT', message: 'no such log', metadata: {} })
    else {
      const files = { 'video.mp4': ref, 'manifest.json': manifest, 'conditions/hdmap.mp4': ref }
      const variants = [{ key: 'front.rain-night', camera: 'front', attributes, files }]
      await catalog.work.complete(lease, { outputs: { 'plan.json': manifest, 'video.bin': ref }, variants })
    }
  }
})
afterAll(async () => {
  client.close()
  await gateway.close()
})

describe('variants', () => {
  const { getVariant, listVariants, presignVariantFile, downloadVariant } = VariantService.method

  it('are given with their facts and files', async () => {
    const found = await client.unary(getVariant, { name: variant })
    expect(found).toMatchObject({
      camera: 'front',
      look: { weather: 'rain' },
      seed: 7,
      size: { width: 320 },
      frames: 121,
      frameRate: 24,
      aiGenerated: true,
    })
    expect(found.files.map(({ path, mediaType }) => [path, mediaType])).toEqual(
      expect.arrayContaining([
        ['video.mp4', 'video/mp4'],
        ['manifest.json', 'application/json'],
      ]),
    )
    expect(await refusal(client.unary(getVariant, { name: `${variant}x` }))).toMatchObject({ status: 5 })
    expect(await refusal(client.unary(getVariant, { name: 'augmentations/done' }))).toMatchObject({ status: 3, field: 'name' })
  })

  it('are listed of one augmentation or of all, and filtered', async () => {
    for (const parent of ['augmentations/done', 'augmentations/-']) {
      const names = async (filter: string) => (await client.unary(listVariants, { parent, filter })).variants.map(({ name }) => name)
      expect(await names('camera = "front" AND look.weather = "rain"')).toEqual([variant])
      expect(await names('look.lighting = "day"')).toEqual([])
    }
    expect(await refusal(client.unary(listVariants, { parent: 'augmentations/none' }))).toMatchObject({ status: 5, field: 'parent' })
    expect(await refusal(client.unary(listVariants, { parent: '' }))).toMatchObject({ status: 3, field: 'parent' })
  })

  it('are downloaded, and go on where a download broke', async () => {
    const parts = await client.collect(downloadVariant, { name: variant })
    expect(parts[0]?.blob).toMatchObject({ sizeBytes: 700_000n })
    expect(parts.slice(1).every((part) => part.blob === undefined)).toBe(true)
    expect(Math.max(...parts.map((part) => part.chunk.length))).toBeLessThanOrEqual(256 * 1024)
    expect(Buffer.concat(parts.map((part) => part.chunk)).equals(video)).toBe(true)
    const rest = await client.collect(downloadVariant, { name: variant, offsetBytes: 699_990n })
    expect(Buffer.concat(rest.map((part) => part.chunk)).equals(video.subarray(699_990))).toBe(true)
    expect(await client.collect(downloadVariant, { name: variant, offsetBytes: 700_000n })).toMatchObject([
      { blob: { sizeBytes: 700_000n } },
    ])
    expect(await refusal(client.collect(downloadVariant, { name: variant, offsetBytes: 700_001n }))).toMatchObject({
      status: 11,
      field: 'offset_bytes',
    })
    const none = await refusal(client.collect(downloadVariant, { name: variant, path: 'audio.wav' }))
    expect(none).toMatchObject({ status: 5, field: 'path' })
  })

  it('have no URL in a folder, and the span of one is checked', async () => {
    expect(await refusal(client.unary(presignVariantFile, { name: variant }))).toMatchObject({ status: 9, reason: 'VIRGA_WRONG_STATE' })
    const long = { name: variant, ttl: { seconds: 700_000n } }
    expect(await refusal(client.unary(presignVariantFile, long))).toMatchObject({ status: 11, field: 'ttl' })
  })
})

describe('tasks', () => {
  const { getTask, listTasks, downloadTaskOutput } = TaskService.method
  const name = 'augmentations/done/tasks/inspect'

  it('are given with their tries', async () => {
    expect(await client.unary(getTask, { name })).toMatchObject({
      stage: Task_Stage.INSPECT,
      state: Task_State.DONE,
      attempts: [{ worker: 'w', outcome: 2 }],
      outputs: { 'plan.json': { sizeBytes: 2n } },
    })
    expect(await refusal(client.unary(getTask, { name: `${name}x` }))).toMatchObject({ status: 5 })
  })

  it('are listed, filtered', async () => {
    const parent = 'augmentations/broken'
    const dead = await client.unary(listTasks, { parent, filter: 'state = DEAD' })
    expect(dead.tasks).toMatchObject([
      { name: `${parent}/tasks/inspect`, failure: { reason: 'VIRGA_BAD_INPUT', message: 'no such log', retryable: false } },
    ])
    expect((await client.unary(listTasks, { parent })).tasks[1]).toMatchObject({
      needs: [`${parent}/tasks/inspect`],
      state: Task_State.CANCELLED,
    })
    expect(await refusal(client.unary(listTasks, { parent: 'augmentations/none' }))).toMatchObject({ status: 5, field: 'parent' })
    expect(await refusal(client.unary(listTasks, { parent, filter: 'stage = PAINT' }))).toMatchObject({ status: 3, field: 'filter' })
  })

  it('give their outputs', async () => {
    const parts = await client.collect(downloadTaskOutput, { name, output: 'video.bin' })
    expect(Buffer.concat(parts.map((part) => part.chunk)).equals(video)).toBe(true)
    expect(await refusal(client.collect(downloadTaskOutput, { name, output: '__proto__' }))).toMatchObject({ status: 5, field: 'output' })
  })
})

describe('dead letters', () => {
  const { getDeadLetter, listDeadLetters, redriveDeadLetter } = DeadLetterService.method

  it('are listed, shown and tried again', async () => {
    const { deadLetters } = await client.unary(listDeadLetters, {})
    expect(deadLetters).toMatchObject([{ task: 'augmentations/broken/tasks/inspect', failure: { reason: 'VIRGA_BAD_INPUT' } }])
    const name = deadLetters[0]?.name ?? ''
    expect(Buffer.from((await client.unary(getDeadLetter, { name })).payload).toString()).toBe('{"ask":"broken"}')
    expect((await client.unary(redriveDeadLetter, { name })).redriveTime).toBeDefined()
    await client.unary(redriveDeadLetter, { name })
    expect((await client.unary(listDeadLetters, {})).deadLetters).toEqual([])
    expect((await client.unary(listDeadLetters, { includeRedriven: true })).deadLetters).toHaveLength(1)
    const task = await client.unary(TaskService.method.getTask, { name: 'augmentations/broken/tasks/inspect' })
    expect(task).toMatchObject({ state: Task_State.READY, failureCount: 0 })
    for (const method of [getDeadLetter, redriveDeadLetter]) {
      expect(await refusal(client.unary(method, { name: 'deadLetters/none' }))).toMatchObject({ status: 5 })
    }
  })
})

describe('bundles and presets', () => {
  it('are listed by name and given', async () => {
    const { bundles } = await client.unary(BundleService.method.listBundles, {})
    const mini = bundles.find(({ name }) => name === 'bundles/mini')
    expect(mini).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, clipFrames: expect.any(Number) as number })
    expect(mini?.controls.map(({ name }) => name)).toEqual(expect.arrayContaining(['hdmap', 'lidar', 'depth', 'seg', 'edge', 'vis']))
    expect(await client.unary(BundleService.method.getBundle, { name: 'bundles/mini' })).toEqual(mini)
    expect(await refusal(client.unary(BundleService.method.getBundle, { name: 'bundles/none' }))).toMatchObject({ status: 5 })
  })

  it('come in pages', async () => {
    const names: string[] = []
    let pageToken = ''
    do {
      const page = await client.unary(PresetService.method.listPresets, { pageSize: 6, pageToken })
      names.push(...page.presets.map(({ name }) => name))
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(names).toHaveLength(20)
    expect(names).toEqual([...new Set(names)].sort())
    expect(await client.unary(PresetService.method.getPreset, { name: names[0] ?? '' })).toMatchObject({ name: names[0], version: 1 })
    expect(await refusal(client.unary(PresetService.method.getPreset, { name: 'presets/none' }))).toMatchObject({ status: 5 })
  })
})
