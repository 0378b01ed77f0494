import { mkdtemp } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { choice } from '../config/setting.ts'
import type { Part, PartContext } from './part.ts'
import { type Service, startService } from './start-service.ts'

const env = async (more: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> => ({
  VIRGA_HOME: await mkdtemp(join(tmpdir(), 'virga-service-')),
  VIRGA_LOG: 'silent',
  ...more,
})

const part = (name: string, run: Part['run']): Part => ({ name, run })

const untilEnd = async ({ signal }: PartContext): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort')
}

async function get(service: Service, path: string): Promise<{ status: number; body: string }> {
  const answer = await fetch(`http://127.0.0.1:${service.httpPort}${path}`)
  return { status: answer.status, body: await answer.text() }
}

async function untilReady(service: Service): Promise<void> {
  await expect.poll(async () => (await get(service, '/readyz')).status, { timeout: 5000 }).toBe(200)
}

describe('a service', () => {
  it('is alive, ready, counted, and ends in order', async () => {
    const order: string[] = []
    const service = await startService({
      name: 'test',
      env: await env(),
      handleSignals: false,
      parts: [
        part('loop', async (context) => {
          const { catalog } = await context.opened
          await untilEnd(context)
          await catalog.augmentations.get('default', 'a1') // still open while parts end
          order.push('part')
        }),
      ],
    })
    void service.ended.then(() => order.push('service'))
    await untilReady(service)
    expect(await get(service, '/livez')).toEqual({ status: 200, body: '{"alive":true}' })
    expect(JSON.parse((await get(service, '/readyz')).body)).toMatchObject({ ready: true, parts: [{ name: 'loop', state: 'running' }] })
    const { body } = await get(service, '/metrics')
    for (const name of ['virga_tasks_total', 'virga_lease_expiries_total', 'virga_gpu_seconds_total', 'process_cpu_seconds_total']) {
      expect(body).toContain(name)
    }
    expect((await get(service, '/other')).status).toBe(404)
    await service.close()
    await service.ended
    expect(order).toEqual(['part', 'service'])
    await expect(get(service, '/livez')).rejects.toThrow()
  })

  it('starts a part again that failed by what passes, and is not ready meanwhile', async () => {
    let runs = 0
    const service = await startService({
      name: 'test',
      env: await env(),
      handleSignals: false,
      parts: [
        part('shaky', async (context) => {
          if (++runs === 1) throw new VirgaError('VIRGA_UNAVAILABLE', 'the broker went away')
          await untilEnd(context)
        }),
      ],
    })
    expect(JSON.parse((await get(service, '/readyz')).body)).toMatchObject({ ready: false })
    await untilReady(service)
    expect(runs).toBe(2)
    expect((await get(service, '/metrics')).body).toContain('virga_part_restarts_total{part="shaky",service="test"} 1')
    await service.close()
  })

  it('ends with the reason that trying again does not mend', async () => {
    const service = await startService({
      name: 'test',
      env: await env(),
      handleSignals: false,
      parts: [part('broken', () => Promise.reject(new VirgaError('VIRGA_USAGE', 'no such stage')))],
    })
    await expect(service.ended).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
  })

  it('is not ready while a loop gives no sign of life', async () => {
    const service = await startService({
      name: 'test',
      env: await env({ VIRGA_BEAT_MS: '1000' }),
      handleSignals: false,
      parts: [
        part('stuck', async (context) => {
          context.telemetry.onEvent({ kind: 'beat', loop: 'worker' })
          await untilEnd(context)
        }),
      ],
    })
    await untilReady(service)
    await expect.poll(async () => (await get(service, '/readyz')).body, { timeout: 5000 }).toContain('stuck gave no sign of life')
    expect((await get(service, '/livez')).status).toBe(200)
    await service.close()
  })

  it('is alive and not ready while the database is down, and ends within its time though a part hangs', async () => {
    const service = await startService({
      name: 'test',
      env: await env({ VIRGA_CATALOG: 'postgres://nobody@127.0.0.1:1/virga', VIRGA_SHUTDOWN_MS: '300' }),
      handleSignals: false,
      parts: [part('deaf', () => new Promise(() => undefined))],
    })
    expect((await get(service, '/livez')).status).toBe(200)
    const { status, body } = await get(service, '/readyz')
    expect(status).toBe(503)
    expect(body).toContain('the backends have not been opened yet')
    const begun = performance.now()
    await service.close()
    expect(performance.now() - begun).toBeLessThan(3000)
  })

  it('refuses settings before anything starts', async () => {
    const parts = [part('loop', untilEnd)]
    await expect(startService({ name: 'test', env: await env({ VIRGA_BUS: 'rabbit' }), parts })).rejects.toThrow('VIRGA_BUS is "rabbit"')
    const both = [{ ...part('loop', untilEnd), settings: z.object({ VIRGA_STAGE: choice('what it does', ['render'], 'render') }) }]
    await expect(
      startService({ name: 'test', env: await env({ VIRGA_BUS: 'rabbit', VIRGA_STAGE: 'paint' }), parts: both }),
    ).rejects.toThrow('VIRGA_STAGE is "paint", expected one of: render')
    const taken = await startService({ name: 'test', env: await env(), parts, handleSignals: false })
    const port = String(taken.httpPort)
    await expect(startService({ name: 'test', env: await env({ VIRGA_HTTP_PORT: port }), parts, handleSignals: false })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}`,
    )
    await taken.close()
  })
})
