import { randomUUID } from 'node:crypto'
import {
  type Augmentation,
  Augmentation_State,
  AugmentationService,
  Priority,
  ScenarioService,
  type WatchAugmentationResponse,
} from '@virga/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal, type RunningGateway, startGateway, TestClient } from './gateway.ts'

const {
  createAugmentation,
  getAugmentation,
  listAugmentations,
  updateAugmentation,
  watchAugmentation,
  cancelAugmentation,
  deleteAugmentation,
} = AugmentationService.method

const look = (weather: string, lighting: string) => ({ recipe: { case: 'look' as const, value: { weather, lighting } } })

describe('augmentations', () => {
  let gateway: RunningGateway
  let client: TestClient
  let camera: string
  beforeAll(async () => {
    gateway = await startGateway()
    client = new TestClient(gateway.port)
    const scenario = await client.unary(ScenarioService.method.createScenario, { scenario: { uri: 'simulation://7' }, scenarioId: 'seven' })
    camera = scenario.cameras[0]?.name ?? ''
  })
  afterAll(async () => {
    client.close()
    await gateway.close()
  })

  const wanted = (more: object = {}) => ({ scenario: 'scenarios/seven', cameras: [camera], variants: [look('rain', 'night')], ...more })
  const make = (id: string, more: object = {}): Promise<Augmentation> =>
    client.unary(createAugmentation, { augmentation: wanted(more), augmentationId: id })

  /** Does the inspection of an augmentation as a worker would, without more tasks: it has succeeded then. */
  async function finish(id: string): Promise<void> {
    const { work } = gateway.backends.catalog
    const claimed = await work.claim({ stage: 'inspect', worker: 'test', leaseMs: 30_000, limit: 100 })
    for (const { lease, augmentation } of claimed) await (augmentation === id ? work.complete(lease, {}) : work.release(lease))
  }

  it('are made once per request id', async () => {
    const requestId = randomUUID()
    const request = { augmentation: wanted({ labels: { campaign: 'winter' }, priority: Priority.BULK }), augmentationId: 'a1', requestId }
    const made = await client.unary(createAugmentation, request)
    expect(made).toMatchObject({
      name: 'augmentations/a1',
      scenario: 'scenarios/seven',
      bundle: 'bundles/mini',
      state: Augmentation_State.QUEUED,
      priority: Priority.BULK,
      labels: { campaign: 'winter' },
      taskCounts: { ready: 1 },
    })
    expect(made.variants[0]).toMatchObject({ variantId: 'rain-night', recipe: { case: 'look' } })
    expect(await client.unary(createAugmentation, request)).toEqual(made)
    expect(await client.unary(getAugmentation, { name: made.name })).toEqual(made)
    const other = { ...request, augmentation: wanted({ variants: [look('fog', 'day')] }) }
    const refused = await refusal(client.unary(createAugmentation, other))
    expect(refused).toMatchObject({ status: 6, reason: 'VIRGA_ALREADY_EXISTS' })
    expect(refused.message).toMatch(/variants|spec/)
  })

  it('are only checked when that is asked for', async () => {
    const checked = await client.unary(createAugmentation, { augmentation: wanted(), augmentationId: 'ghost', validateOnly: true })
    expect(checked).toMatchObject({ name: 'augmentations/ghost', state: Augmentation_State.UNSPECIFIED })
    expect(await refusal(client.unary(getAugmentation, { name: checked.name }))).toMatchObject({ status: 5 })
  })

  it.each([
    ['no augmentation', undefined, 3, 'VIRGA_BAD_INPUT', 'augmentation'],
    ['a scenario that is not there', { scenario: 'scenarios/eight' }, 5, 'VIRGA_NOT_FOUND', undefined],
    ['no camera', { cameras: [] }, 3, undefined, undefined],
    ['a camera that is not there', { cameras: ['rear'] }, 3, 'VIRGA_UNKNOWN_NAME', undefined],
    ['a look that is not there', { variants: [look('hail', 'noon')] }, 3, 'VIRGA_UNKNOWN_NAME', undefined],
    ['a bundle that is not there', { bundle: 'bundles/none' }, 3, 'VIRGA_UNKNOWN_NAME', undefined],
    ['too many frames', { generation: { frames: 1_000_000 } }, 11, 'VIRGA_OUT_OF_RANGE', undefined],
  ])('are refused with %s', async (_, more, status, reason, field) => {
    const augmentation = more === undefined ? undefined : { ...wanted(), ...more }
    const refused = await refusal(client.unary(createAugmentation, augmentation === undefined ? {} : { augmentation }))
    expect(refused.status).toBe(status)
    expect(refused.message).not.toBe('')
    if (reason !== undefined) expect(refused.reason).toBe(reason)
    if (field !== undefined) expect(refused.field).toBe(field)
  })

  it('are listed by state, label and scenario, in pages', async () => {
    for (const id of ['l1', 'l2', 'l3']) await make(id, { labels: { list: 'yes' } })
    const seen: string[] = []
    let pageToken = ''
    do {
      const page = await client.unary(listAugmentations, { filter: 'labels.list = "yes" AND state = QUEUED', pageSize: 2, pageToken })
      seen.push(...page.augmentations.map(({ name }) => name))
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(seen).toEqual(['augmentations/l3', 'augmentations/l2', 'augmentations/l1'])
    expect((await client.unary(listAugmentations, { filter: 'scenario = "scenarios/other"' })).augmentations).toEqual([])
  })

  it('are changed by mask, and not when they have changed meanwhile', async () => {
    const made = await make('u1', { labels: { keep: 'no' } })
    const changed = await client.unary(updateAugmentation, {
      augmentation: { name: made.name, labels: { keep: 'yes' }, priority: Priority.INTERACTIVE, etag: made.etag },
      updateMask: { paths: ['labels'] },
    })
    expect(changed).toMatchObject({ labels: { keep: 'yes' }, priority: Priority.NORMAL })
    expect(changed.revision).toBeGreaterThan(made.revision)
    const again = { augmentation: { name: made.name, priority: Priority.BULK, etag: made.etag } }
    expect(await refusal(client.unary(updateAugmentation, again))).toMatchObject({ status: 10, reason: 'VIRGA_CONFLICT' })
    expect(await client.unary(updateAugmentation, { augmentation: { name: made.name, priority: Priority.BULK } })).toMatchObject({
      labels: { keep: 'yes' },
      priority: Priority.BULK,
    })
    const mask = { augmentation: { name: made.name }, updateMask: { paths: ['cameras'] } }
    expect(await refusal(client.unary(updateAugmentation, mask))).toMatchObject({ status: 3, field: 'update_mask' })
    const labels = { augmentation: { name: made.name, labels: { 'NOT OK': 'x' } } }
    expect(await refusal(client.unary(updateAugmentation, labels))).toMatchObject({ status: 3, field: 'augmentation.labels' })
    expect(await refusal(client.unary(updateAugmentation, { augmentation: { name: 'a1' } }))).toMatchObject({ field: 'augmentation.name' })
  })

  it('are watched to their end, and from a revision on', async () => {
    const { name } = await make('w1')
    const states: Augmentation_State[] = []
    let last = 0n
    for await (const { change } of client.stream(watchAugmentation, { name }) as AsyncIterable<WatchAugmentationResponse>) {
      if (change.case !== 'augmentation') continue
      if (states.length === 0) void finish('w1')
      states.push(change.value.state)
      last = change.value.revision
    }
    expect(states[0]).toBe(Augmentation_State.QUEUED)
    expect(states.at(-1)).toBe(Augmentation_State.SUCCEEDED)
    const after = await client.collect(watchAugmentation, { name, afterRevision: last - 1n })
    expect(after.at(-1)?.change).toMatchObject({ case: 'augmentation', value: { state: Augmentation_State.SUCCEEDED } })
    expect(await refusal(client.collect(watchAugmentation, { name: 'augmentations/none' }))).toMatchObject({
      status: 5,
      reason: 'VIRGA_NOT_FOUND',
    })
    expect(await refusal(client.collect(watchAugmentation, { name, afterRevision: -1n }))).toMatchObject({
      status: 3,
      field: 'after_revision',
    })
  })

  it('are watched by a hundred at once, each of whom sees the end', async () => {
    const { name } = await make('w100')
    const watches = Array.from({ length: 100 }, () => client.collect(watchAugmentation, { name }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await finish('w100')
    const ends = (await Promise.all(watches)).map((messages) => messages.at(-1)?.change)
    expect(ends.every((change) => change?.case === 'augmentation' && change.value.state === Augmentation_State.SUCCEEDED)).toBe(true)
  })

  it('a watch that is cancelled ends on the server too', async () => {
    const { name } = await make('w2')
    const stream = client.stream(watchAugmentation, { name })
    stream.on('error', () => undefined)
    await new Promise((resolve) => stream.once('data', resolve))
    stream.cancel()
    const calls = 'virga_grpc_calls_total{method="virga.v1.AugmentationService/WatchAugmentation",status="CANCELLED",service="gateway"}'
    const metrics = async () => (await fetch(`http://127.0.0.1:${gateway.httpPort}/metrics`)).text()
    await expect.poll(metrics, { timeout: 5000 }).toContain(`${calls} 1`)
  })

  it('are cancelled, and twice is no error', async () => {
    const { name } = await make('c1')
    expect(await client.unary(cancelAugmentation, { name })).toMatchObject({ state: Augmentation_State.CANCELLED })
    expect(await client.unary(cancelAugmentation, { name })).toMatchObject({ state: Augmentation_State.CANCELLED })
    expect(await refusal(client.unary(cancelAugmentation, { name: 'augmentations/none' }))).toMatchObject({ status: 5 })
  })

  it('are removed after their end, or by force', async () => {
    const { name } = await make('d1')
    expect(await refusal(client.unary(deleteAugmentation, { name }))).toMatchObject({ status: 9, reason: 'VIRGA_WRONG_STATE' })
    expect(await refusal(client.unary(deleteAugmentation, { name, force: true, etag: 'other' }))).toMatchObject({ status: 10 })
    await client.unary(deleteAugmentation, { name, force: true })
    expect(await refusal(client.unary(deleteAugmentation, { name }))).toMatchObject({ status: 5 })
    await client.unary(deleteAugmentation, { name, allowMissing: true })
    expect(await refusal(client.unary(getAugmentation, { name }))).toMatchObject({ status: 5, field: 'name' })
  })
})
