import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { realStack } from '@virga/testing/stack'
import { expect, it } from 'vitest'
import { choosePort } from '../../deploy/local/ports.ts'
import { digests, hasMini, virga } from '../virga.ts'
import { allAugmentations, allPages } from './support/audit.ts'
import { freshFolder } from './support/fresh-folder.ts'
import { ownStack } from './support/own-stack.ts'
import { probe } from './support/probe.ts'
import { digestOf, readAll } from './support/small-work.ts'
import { collectTraces } from './support/trace-collector.ts'

const possible = hasMini ? await realStack('kafka', 'minio', 'postgres') : 'models/mini is not there'

if (typeof possible === 'string') it('augments on servers', (test) => test.skip(possible))
else {
  it('makes the bytes of a local run with gateway, orchestrator, renderer and two generators on Kafka, MinIO and PostgreSQL', async () => {
    const folder = await freshFolder('end-to-end')
    const stack = await ownStack(join(folder, 'stack'))
    const traces = await collectTraces()
    const drive = ['augment', '--simulate', '900002', '--frames', '9', '--steps', '1', '--variant', 'rain/night', '--variant', 'snow/day']
    try {
      const address = `127.0.0.1:${await choosePort()}`
      const main = (name: string, app: string, env: Record<string, string> = {}) => {
        const service = stack.service(name, `apps/${app}/src/main.ts`, {
          VIRGA_POLL_MS: '1000',
          OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
          ...env,
        })
        service.start()
        return service
      }
      const services = [
        main('gateway', 'gateway', { VIRGA_LISTEN: address }),
        main('orchestrator', 'orchestrator'),
        main('renderer', 'renderer'),
        main('generator-1', 'generator'),
        main('generator-2', 'generator'),
      ]
      await Promise.all(services.map((service) => service.waitReady()))
      const { services: listed, health } = await probe(address)
      const own = ['Augmentation', 'Bundle', 'DeadLetter', 'Preset', 'Scenario', 'Task', 'Variant'].map((name) => `virga.v1.${name}Service`)
      expect(listed).toEqual(expect.arrayContaining(own))
      expect(health).toBe('SERVING')

      const remote = await virga(['--server', address, ...drive, '--out', join(folder, 'remote')])
      expect(remote, remote.stderr).toMatchObject({ code: 0 })
      const local = await virga([...drive, '--store', join(folder, 'store'), '--out', join(folder, 'local')])
      expect(local, local.stderr).toMatchObject({ code: 0 })

      const expected = await digests(join(folder, 'local'))
      expect(Object.keys(expected).filter((path) => path.endsWith('/video.mp4'))).toHaveLength(2)
      expect(await digests(join(folder, 'remote'))).toEqual(expected)

      const backends = await stack.open()
      const { catalog, store } = backends
      try {
        const [one, ...others] = await allAugmentations(catalog.augmentations, 'default')
        expect(others).toEqual([])
        const variants = await allPages((after) => catalog.augmentations.variants({ augmentation: one?.id ?? '', size: 100, ...after }))
        expect(variants.map(({ key }) => key).sort()).toEqual(['front.rain-night', 'front.snow-day'])
        for (const { files } of variants) {
          for (const ref of Object.values(files)) expect(digestOf(await readAll(store, ref))).toBe(ref.sha256)
          expect(Object.values(expected)).toContain(files['video.mp4']?.sha256)
        }
        const tasks = await allPages((after) => catalog.augmentations.tasks({ augmentation: one?.id ?? '', size: 100, ...after }))
        expect(tasks.map(({ state, attempts }) => [state, attempts.length])).toEqual(tasks.map(() => ['done', 1]))
      } finally {
        await backends.close()
      }
      // Told to end, each hands back what it holds and ends by itself.
      expect(await Promise.all(services.map((service) => service.kill('SIGTERM').then(() => service.ended)))).toEqual([0, 0, 0, 0, 0])

      // One trace from the call over the topics to the steps of the model.
      const call = 'virga-gateway: virga.v1.AugmentationService/CreateAugmentation'
      const paths = traces.spans.map((span) => traces.pathOf(span)).filter((path) => path.includes(call))
      const tasks = paths.map((path) => path[0]).filter((name) => name?.includes(': task '))
      expect(tasks.sort()).toEqual([
        'virga-generator: task generate',
        'virga-generator: task generate',
        'virga-orchestrator: task inspect',
        'virga-orchestrator: task publish',
        'virga-renderer: task render',
      ])
      const step = paths.filter(([name]) => /^virga-generator: evaluations \d+$/.test(name ?? ''))
      expect(step).toHaveLength(2) // one of each variant
      for (const path of step) expect(path.slice(2)).toEqual(['virga-generator: task generate', call])
    } finally {
      await stack.stop()
      await traces.close()
    }
    await rm(folder, { recursive: true, force: true })
  }, 400_000)
}
