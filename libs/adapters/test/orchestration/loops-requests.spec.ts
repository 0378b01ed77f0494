import { deadLetterIn, deadLettersTopic, type RequestValue, requestsTopic } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { createAugmentation, type CreationPorts, type ReceivedRecord, redriveDeadLetter, runRequests } from '@virga/orchestration'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { admitAll, type LoopsUnderTest, openLoops, spec } from './loops-under-test.ts'

const uuid = (n: number): string => `7d9f0a52-4a51-4d2c-9d35-${String(n).padStart(12, '0')}`
const value = (n: number, more: Partial<RequestValue> = {}): RequestValue => ({
  ...{ schema: 'virga.request/1', requestId: uuid(n), tenant: 'team', augmentation: spec },
  ...more,
})
const record = (body: unknown, key = uuid(0), headers: Record<string, string> = {}) => ({
  ...{ topic: requestsTopic.name, key, headers },
  value: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})
const request = (n: number, more: Partial<RequestValue> = {}) => record(value(n, more), uuid(n))
const frogs = { ...spec, variants: [{ look: { weather: 'frogs', lighting: 'day' } }] }

describe('requests', () => {
  let under: LoopsUnderTest
  let ports: CreationPorts
  beforeEach(async () => {
    under = await openLoops()
    ports = { augmentations: under.catalog.augmentations, admit: admitAll() }
  })
  afterEach(() => under.close())

  const start = () => {
    const { catalog, bus, stop, onEvent } = under
    return under.run(runRequests({ ...ports, bus, deadLetters: catalog.deadLetters, signal: stop.signal, onEvent }))
  }
  const count = async () => (await under.catalog.augmentations.list({ tenant: 'team', size: 1000 })).items.length
  const letters = async () => (await under.catalog.deadLetters.list({ size: 1000 })).items
  const dealtWith = () => under.events.filter(({ kind }) => kind === 'request').length

  it('makes each augmentation once, and buries each poisoned record with its bytes, reason and place', async () => {
    const buried: ReceivedRecord[] = []
    await under.bus.consume({
      ...{ group: 'outsider', topics: [deadLettersTopic.name] },
      onRecord: async (letter) => void buried.push(letter),
    })
    void start()
    const invalid = Buffer.from([0x7b, 0xff, 0xfe])
    const poison = {
      malformed: record(invalid),
      nothing: record(''),
      misspelt: record({ ...value(901), agumentation: {} }, uuid(901)),
      future: record({ ...value(902), schema: 'virga.request/2' }, uuid(902)),
      otherKey: record(value(903), 'another'),
      oversize: record({ ...value(904), augmentation: { ...spec, cameras: ['x'.repeat(70_000)] } }, uuid(904)),
      unknownLook: request(905, { augmentation: frogs }),
      noScenario: request(906, { augmentation: { ...spec, scenario: 'scenarios/gone' } }),
      otherContent: request(1, { augmentation: { ...spec, cameras: ['rear'] } }),
    }
    const good = Array.from({ length: 60 }, (_, i) => request(i))
    await under.bus.publish([...good, ...Object.values(poison), ...good.slice(0, 30)])
    await expect.poll(dealtWith, { timeout: 15_000 }).toBe(99)
    expect(await count()).toBe(60)
    const dead = await letters()
    const reasons = dead.map(({ reason }) => reason).sort()
    expect(reasons).toEqual([
      'VIRGA_ALREADY_EXISTS',
      ...Array.from({ length: 4 }, () => 'VIRGA_BAD_INPUT'),
      'VIRGA_FUTURE_VERSION',
      'VIRGA_NOT_FOUND',
      'VIRGA_TOO_LARGE',
      'VIRGA_UNKNOWN_NAME',
    ])
    const malformed = dead.find(({ payload }) => Buffer.from(payload).equals(invalid))
    expect(malformed?.record).toMatch(/^virga\.requests\.v1\/\d+\/\d+$/)
    expect(dead.find(({ reason }) => reason === 'VIRGA_TOO_LARGE')?.payload.length).toBe(poison.oversize.value.length)
    expect(dead.find(({ reason }) => reason === 'VIRGA_ALREADY_EXISTS')?.message).toContain('spec.cameras.0: "front" before, "rear" now')
    expect(dead.find(({ reason }) => reason === 'VIRGA_UNKNOWN_NAME')?.tenant).toBe('team')
    await expect.poll(() => buried.length, { timeout: 5000 }).toBe(9)
    expect(buried.map(({ headers = {} }) => deadLetterIn(headers)?.reason).sort()).toEqual(reasons)
    expect(under.events.flatMap((event) => (event.kind === 'request' ? [event.outcome] : [])).sort()).toEqual([
      ...Array.from({ length: 60 }, () => 'created'),
      ...Array.from({ length: 9 }, () => 'dead'),
      ...Array.from({ length: 30 }, () => 'existing'),
    ])
  })

  it('waits while the catalog is away and loses no request', async () => {
    under.away.catalog = true
    void start()
    await under.bus.publish(Array.from({ length: 40 }, (_, i) => request(i)))
    await expect.poll(() => under.events.filter(({ kind }) => kind === 'trouble').length).toBeGreaterThan(10)
    under.away.catalog = false
    await expect.poll(count, { timeout: 10_000 }).toBe(40)
    expect(await letters()).toEqual([])
  })

  it('keeps a poisoned record until the topic of dead letters takes it, and buries it once', async () => {
    under.bus.publish([record('poison')]).catch(() => undefined)
    under.away.bus = true
    void start()
    await expect.poll(async () => (await letters()).length).toBe(1)
    expect(dealtWith()).toBe(0)
    under.away.bus = false
    await expect.poll(dealtWith, { timeout: 5000 }).toBe(1)
    expect(await letters()).toHaveLength(1)
  })

  it('takes a defect for one after some tries, and goes on', async () => {
    ports = {
      ...ports,
      admit: (tenant, asked) => (asked.cameras[0] === 'bad' ? Promise.reject(new TypeError('x of undefined')) : admitAll()(tenant, asked)),
    }
    void start()
    await under.bus.publish([request(1, { augmentation: { ...spec, cameras: ['bad'] } }), request(2)])
    await expect.poll(dealtWith, { timeout: 5000 }).toBe(2)
    const [letter] = await letters()
    expect(letter).toMatchObject({ reason: 'VIRGA_INTERNAL', headers: { 'virga-dead-attempts': '3' } })
  })

  it('gives the bytes of a record back to its topic', async () => {
    let known = false
    ports = { ...ports, admit: (tenant, asked) => admitAll()(tenant, known ? spec : asked) }
    void start()
    await under.bus.publish([
      record(value(5, { augmentation: frogs }), uuid(5), { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }),
    ])
    await expect.poll(async () => (await letters()).length).toBe(1)
    known = true
    const [letter] = await letters()
    const { catalog, bus } = under
    await redriveDeadLetter({ deadLetters: catalog.deadLetters, bus }, letter?.id ?? '')
    await expect.poll(count, { timeout: 5000 }).toBe(1)
    expect(await letters()).toEqual([])
    await expect(redriveDeadLetter({ deadLetters: catalog.deadLetters, bus }, '999')).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
  })
})

describe('createAugmentation', () => {
  let under: LoopsUnderTest
  beforeEach(async () => void (under = await openLoops()))
  afterEach(() => under.close())
  const create = (request: Partial<Parameters<typeof createAugmentation>[2]>, admit: CreationPorts['admit'] = admitAll()) =>
    createAugmentation({ augmentations: under.catalog.augmentations, admit }, { tenant: 'team' }, { augmentation: spec, ...request })

  it('takes labels, priority and timeout over, and ignores what only the server sets', async () => {
    const augmentation = {
      ...spec,
      name: 'augmentations/x',
      state: 'STATE_FAILED',
      labels: { campaign: 'winter' },
      priority: 'PRIORITY_BULK',
      timeout: '1.5s',
    }
    const { created, augmentation: made } = await create({ augmentation, augmentationId: 'winter-7' })
    expect(created).toBe(true)
    expect(made).toMatchObject({ id: 'winter-7', labels: { campaign: 'winter' }, priority: 'bulk', state: 'queued' })
    expect((made.deadlineAt ?? 0) - made.createdAt).toBe(1500)
  })

  it('gives the same augmentation for the same request, even when it could not be admitted any more', async () => {
    const first = await create({ requestId: uuid(1) })
    expect((await create({ requestId: uuid(1) })).augmentation.id).toBe(first.augmentation.id)
    const gone = () => Promise.reject(new VirgaError('VIRGA_NOT_FOUND', 'the scenario was removed'))
    const later = await create({ requestId: uuid(1) }, gone)
    expect(later).toMatchObject({ created: false, augmentation: { id: first.augmentation.id } })
    await expect(create({ requestId: uuid(1), augmentation: frogs }, gone)).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
  })

  it.each([
    [{ augmentation: null }, 'augmentation'],
    [{ augmentation: { ...spec, cameras: [] } }, 'augmentation.cameras'],
    [{ augmentation: { ...spec, variants: [{ look: { weather: 'rain', lighting: 'day' }, colour: 1 }] } }, 'augmentation.variants.0'],
    [{ augmentationId: 'Winter' }, 'augmentationId'],
    [{ requestId: 'seven' }, 'requestId'],
  ])('refuses %j, naming the field', async (request, field) => {
    await expect(create(request)).rejects.toMatchObject({ code: 'VIRGA_USAGE', place: { field } })
  })

  it('refuses an id that is taken, and a request id with another id', async () => {
    await create({ augmentationId: 'one', requestId: uuid(1) })
    await expect(create({ augmentationId: 'one' })).rejects.toMatchObject({
      code: 'VIRGA_ALREADY_EXISTS',
      place: { field: 'augmentation_id' },
    })
    await expect(create({ augmentationId: 'two', requestId: uuid(1) })).rejects.toMatchObject({ place: { field: 'request_id' } })
  })
})
