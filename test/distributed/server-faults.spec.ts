import { AugmentationService, VariantService } from '@virga/contracts'
import { realStack } from '@virga/testing/stack'
import { Client } from 'minio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal } from '../../apps/gateway/test/gateway.ts'
import { eventually } from './support/eventually.ts'
import type { Supervised } from './support/supervised.ts'
import { idOf, startSystem, type System, tenant, wanted } from './support/system.ts'

const possible = await realStack('kafka', 'minio', 'postgres')
const whole = { done: 5, lost: [], doubled: [] }
const { getAugmentation } = AugmentationService.method
const { downloadVariant } = VariantService.method

describe.skipIf(typeof possible === 'string')('what happens to servers', () => {
  let system: System
  let orchestrator: Supervised
  beforeAll(async () => {
    system = await startSystem('server-faults')
    orchestrator = system.orchestrator('orchestrator')
    const worker = system.worker('worker', { VIRGA_SMALL_TASK_MS: '400' })
    await Promise.all([orchestrator.waitReady(), worker.waitReady()])
  })
  afterAll(() => system.stop())

  const back = async (server: System['stack']['servers']['kafka']) => {
    server.start()
    await server.waitReady()
  }

  it('takes requests while the broker is away, and does them', async () => {
    const { kafka } = system.stack.servers
    await kafka.kill('SIGKILL')
    const { name } = await system.make()
    expect(await system.ended(name)).toMatchObject({ state: 'succeeded' }) // hints are lost, work is not: it is looked for
    await back(kafka)
    expect(await system.audit(name)).toMatchObject(whole)
  })

  it('says that the database is away, and goes on in the middle of an augmentation when it is back', async () => {
    const { postgres } = system.stack.servers
    const { name } = await system.make()
    await system.running(name, 'render')
    await postgres.kill('SIGKILL')
    const refused = await refusal(system.client.unary(getAugmentation, { name }, { deadlineMs: 20_000 }))
    expect(refused).toMatchObject({ status: 14, reason: 'VIRGA_UNAVAILABLE' })
    expect(refused.remote.retryAfterMs).toBeGreaterThan(0)
    await back(postgres)
    expect(await system.ended(name)).toMatchObject({ state: 'succeeded' })
    expect(await system.audit(name)).toMatchObject(whole)
  })

  it('says that the object store is away, tries tasks again, and says which file is damaged', async () => {
    const { minio } = system.stack.servers
    const done = await system.make()
    await system.ended(done.name)
    const variant = `${done.name}/variants/front.rain-night`
    const { name } = await system.make()
    await system.running(name, 'render')
    await minio.kill('SIGKILL')
    const refused = await refusal(system.client.collect(downloadVariant, { name: variant, path: 'video.bin' }, { deadlineMs: 30_000 }))
    expect(refused).toMatchObject({ status: 14, reason: 'VIRGA_UNAVAILABLE' })
    await back(minio)
    expect(await system.ended(name)).toMatchObject({ state: 'succeeded' })
    expect(await system.audit(name)).toMatchObject(whole)

    const video = (await system.backends.catalog.augmentations.getVariant(tenant, idOf(done.name), 'front.rain-night'))?.files['video.bin']
    if (video === undefined) throw new Error('there is no video')
    const { VIRGA_STORE = '', VIRGA_STORE_ACCESS_KEY = '', VIRGA_STORE_SECRET_KEY = '' } = system.stack.env
    const { hostname, port, pathname } = new URL(VIRGA_STORE.replace('s3+', ''))
    const keys = { accessKey: VIRGA_STORE_ACCESS_KEY, secretKey: VIRGA_STORE_SECRET_KEY }
    const objects = new Client({ endPoint: hostname, port: Number(port), useSSL: false, ...keys })
    await objects.putObject(pathname.slice(1), `blobs/${video.sha256.slice(0, 2)}/${video.sha256}`, Buffer.alloc(video.size, 1))
    const damaged = await refusal(system.client.collect(downloadVariant, { name: variant, path: 'video.bin' }, { deadlineMs: 30_000 }))
    expect(damaged).toMatchObject({ status: 15, reason: 'VIRGA_DIGEST_MISMATCH' })
    expect((await system.audit(done.name)).lost).not.toEqual([])
  })

  it('fails an augmentation whose scenario has vanished since it was taken, and says where it was', async () => {
    await orchestrator.kill('SIGTERM')
    await system.backends.catalog.scenarios.create({
      id: 'gone',
      tenant,
      uri: 'file:///nowhere/drive',
      state: 'ready',
      cameras: [{ name: 'front', model: 'f-theta', width: 1280, height: 704, hasVideo: true }],
      durationUs: 20_000_000,
    })
    const { name } = await system.make(wanted({ scenario: 'scenarios/gone' }))
    const shipped = system.stack.service('shipped', 'apps/orchestrator/src/main.ts', { VIRGA_SCENARIO_ROOTS: '/nowhere' })
    shipped.start()
    expect(await system.ended(name)).toMatchObject({ state: 'failed' })
    const { failure } = await system.client.unary(getAugmentation, { name })
    expect(failure?.reason).toMatch(/^VIRGA_(NOT_FOUND|BAD_INPUT|UNKNOWN_FORMAT)$/)
    expect(failure?.message).toContain('/nowhere/drive')
    expect((await system.tasks(name)).map(({ attempts }) => attempts.length)).toEqual([1]) // bad input is not tried again
  })

  it('is not ready, and says why, while keys are wrong, the bucket is missing or servers are away; then it goes on', async () => {
    const { stack } = system
    const wrongKeys = stack.service('wrong-keys', 'worker.ts', { VIRGA_STORE_SECRET_KEY: 'guessed' })
    const noBucket = stack.service('no-bucket', 'worker.ts', { VIRGA_STORE: `${stack.env.VIRGA_STORE}-missing` })
    wrongKeys.start()
    noBucket.start()
    for (const one of [wrongKeys, noBucket]) {
      await eventually(`${one.name} says why`, () => Promise.resolve(/store/.test(one.log()) && /key|credential|bucket/i.test(one.log())))
      expect((await one.readiness())?.status).not.toBe(200)
      await one.kill()
    }
    await Promise.all([stack.servers.kafka.kill('SIGKILL'), stack.servers.postgres.kill('SIGKILL'), stack.servers.minio.kill('SIGKILL')])
    const early = stack.service('early', 'worker.ts')
    early.start()
    expect(await eventually('it listens', () => early.readiness())).toMatchObject({ status: 503 })
    await Promise.all([back(stack.servers.kafka), back(stack.servers.postgres), back(stack.servers.minio)])
    await early.waitReady()
  })
})

if (typeof possible === 'string') it('needs servers', (test) => test.skip(possible))
