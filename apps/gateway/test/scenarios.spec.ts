import { createHash, randomUUID } from 'node:crypto'
import { Scenario_State, ScenarioService } from '@virga/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal, type RunningGateway, startGateway, TestClient } from './gateway.ts'

const { createScenario, uploadScenario, getScenario, listScenarios, deleteScenario } = ScenarioService.method

describe('scenarios', () => {
  let gateway: RunningGateway
  let client: TestClient
  beforeAll(async () => {
    gateway = await startGateway({ VIRGA_MAX_UPLOAD_BYTES: '3000000', VIRGA_MAX_UPLOAD_FILES: '3' })
    client = new TestClient(gateway.port)
  })
  afterAll(async () => {
    client.close()
    await gateway.close()
  })

  it('are registered once per request id, read, listed and forgotten', async () => {
    const requestId = randomUUID()
    const request = { scenario: { uri: 'simulation://7?width=64&height=32', displayName: 'seven' }, scenarioId: 'seven', requestId }
    const scenario = await client.unary(createScenario, request)
    expect(scenario).toMatchObject({ name: 'scenarios/seven', state: Scenario_State.READY, format: 'simulation', displayName: 'seven' })
    expect(scenario.cameras[0]).toMatchObject({ size: { width: 64, height: 32 }, hasVideo: true })
    expect(await client.unary(createScenario, request)).toEqual(scenario)
    expect(await client.unary(getScenario, { name: 'scenarios/seven' })).toEqual(scenario)

    const other = { ...request, scenario: { uri: 'simulation://8' } }
    expect(await refusal(client.unary(createScenario, other))).toMatchObject({ status: 6, reason: 'VIRGA_ALREADY_EXISTS' })
    const stale = { name: scenario.name, etag: '"r999"' }
    expect(await refusal(client.unary(deleteScenario, stale))).toMatchObject({ status: 10, reason: 'VIRGA_CONFLICT' })
    await client.unary(deleteScenario, { name: scenario.name, etag: scenario.etag })
    expect(await refusal(client.unary(getScenario, { name: scenario.name }))).toMatchObject({
      status: 5,
      reason: 'VIRGA_NOT_FOUND',
      field: 'name',
    })
  })

  it('are listed in pages, filtered and ordered', async () => {
    for (const id of ['p1', 'p2', 'p3']) {
      await gateway.backends.catalog.scenarios.create({
        id,
        tenant: 'default',
        uri: `simulation://1`,
        state: id === 'p2' ? 'failed' : 'ready',
      })
    }
    await gateway.backends.catalog.scenarios.create({ id: 'theirs', tenant: 'others', uri: 'simulation://1', state: 'ready' })
    const names: string[] = []
    let pageToken = ''
    do {
      const page = await client.unary(listScenarios, { pageSize: 2, pageToken, orderBy: 'create_time' })
      names.push(...page.scenarios.map(({ name }) => name))
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(names).toEqual(['scenarios/p1', 'scenarios/p2', 'scenarios/p3'])
    const ready = await client.unary(listScenarios, { filter: 'state = READY' })
    expect(ready.scenarios.map(({ name }) => name)).toEqual(['scenarios/p3', 'scenarios/p1'])
  })

  it.each([
    [{ filter: 'colour = red' }, 'filter'],
    [{ orderBy: 'name' }, 'order_by'],
    [{ pageSize: -1 }, 'page_size'],
    [{ pageToken: 'nonsense' }, 'page_token'],
  ])('are not listed by %j', async (request, field) => {
    expect(await refusal(client.unary(listScenarios, request))).toMatchObject({ status: 3, field })
  })

  it('refuse the token of another question', async () => {
    const { nextPageToken } = await client.unary(listScenarios, { pageSize: 1 })
    const refused = await refusal(client.unary(listScenarios, { pageSize: 1, pageToken: nextPageToken, filter: 'state = READY' }))
    expect(refused).toMatchObject({ status: 3, field: 'page_token', message: expect.stringContaining('another question') as string })
  })

  it.each([
    [{}, 3, 'VIRGA_BAD_INPUT', 'scenario.uri'],
    [{ scenario: { uri: 'gopher://x' } }, 3, 'VIRGA_USAGE', 'uri'],
    [{ scenario: { uri: 'file:///etc' } }, 7, 'VIRGA_FORBIDDEN', 'uri'],
    [{ scenario: { uri: 's3://bucket/log/' } }, 3, 'VIRGA_USAGE', 'uri'],
    [{ scenario: { uri: 'simulation://7' }, scenarioId: 'No Good' }, 3, 'VIRGA_BAD_INPUT', 'scenario_id'],
    [{ scenario: { uri: 'simulation://7' }, requestId: '12' }, 3, 'VIRGA_BAD_INPUT', 'request_id'],
  ])('are not made of %j', async (request, status, reason, field) => {
    expect(await refusal(client.unary(createScenario, request))).toMatchObject({ status, reason, field })
  })

  it.each(['', 'scenarios/', 'scenario/x', 'scenarios/a/b', 'scenarios/../x'])('have no name like %j', async (name) => {
    expect(await refusal(client.unary(getScenario, { name }))).toMatchObject({ status: 3, reason: 'VIRGA_BAD_INPUT', field: 'name' })
  })

  describe('that are uploaded', () => {
    const bytes = Buffer.from('no log at all')
    const blobOf = (content: Buffer) => ({ sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: BigInt(content.length) })
    const header = { part: { case: 'header' as const, value: { displayName: 'drive' } } }
    const file = (path: string, content = bytes) => ({ part: { case: 'file' as const, value: { path, blob: blobOf(content) } } })
    const chunk = (value: Buffer) => ({ part: { case: 'chunk' as const, value } })

    it('are stored and read: what is no log is FAILED, with the reason', async () => {
      const large = Buffer.alloc(2_000_000, 'x')
      const parts = [
        header,
        file('readme.txt'),
        chunk(bytes.subarray(0, 5)),
        chunk(bytes.subarray(5)),
        file('sensors/x.bin', large),
        chunk(large.subarray(0, 1e6)),
        chunk(large.subarray(1e6)),
      ]
      const scenario = await client.upload(uploadScenario, parts)
      expect(scenario).toMatchObject({ state: Scenario_State.FAILED, failure: { reason: 'VIRGA_UNKNOWN_FORMAT' } })
      const { sha256, sizeBytes } = blobOf(large)
      expect(await gateway.backends.store.has({ sha256, size: Number(sizeBytes) })).toBe(true)
    })

    it.each([
      ['a chunk first', [chunk(bytes)], 'VIRGA_BAD_INPUT'],
      ['no header', [file('a')], 'VIRGA_BAD_INPUT'],
      ['no file', [header], 'VIRGA_BAD_INPUT'],
      ['nothing at all', [], 'VIRGA_BAD_INPUT'],
      ['a second header', [header, header], 'VIRGA_BAD_INPUT'],
      ['an empty message', [header, {}], 'VIRGA_BAD_INPUT'],
      ['a path that climbs', [header, file('../../etc/passwd'), chunk(bytes)], 'VIRGA_BAD_INPUT'],
      ['an absolute path', [header, file('/etc/passwd'), chunk(bytes)], 'VIRGA_BAD_INPUT'],
      ['a path twice', [header, file('a'), chunk(bytes), file('a'), chunk(bytes)], 'VIRGA_BAD_INPUT'],
      ['other bytes', [header, file('a'), chunk(Buffer.from('no log at aLL'))], 'VIRGA_DIGEST_MISMATCH'],
      ['too few bytes', [header, file('a'), chunk(bytes.subarray(1))], 'VIRGA_DIGEST_MISMATCH'],
      ['too many bytes', [header, file('a'), chunk(bytes), chunk(bytes)], 'VIRGA_DIGEST_MISMATCH'],
      ['too large a chunk', [header, file('a', Buffer.alloc(1.5e6)), chunk(Buffer.alloc(1.5e6))], 'VIRGA_TOO_LARGE'],
      ['too much', [header, file('a', Buffer.alloc(4e6)), chunk(Buffer.alloc(1e6))], 'VIRGA_TOO_LARGE'],
      ['too many files', [header, ...['a', 'b', 'c', 'd'].flatMap((path) => [file(path), chunk(bytes)])], 'VIRGA_TOO_LARGE'],
    ])('are refused with %s', async (_, parts, reason) => {
      expect(await refusal(client.upload(uploadScenario, parts))).toMatchObject({ reason })
    })
  })
})
