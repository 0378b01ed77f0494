import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Augmentation, AugmentationService } from '@virga/contracts'
import type { Augmentation as StoredAugmentation, TaskDetails } from '@virga/catalog'
import type { Backends } from '@virga/platform'
import { TestClient } from '../../../apps/gateway/test/gateway.ts'
import { choosePort } from '../../../deploy/local/ports.ts'
import { allPages, audit, type Audit } from './audit.ts'
import { eventually } from './eventually.ts'
import { freshFolder } from './fresh-folder.ts'
import { type OwnStack, ownStack } from './own-stack.ts'
import { registerScenario } from './scenario.ts'
import type { Supervised } from './supervised.ts'

export const tenant = 'default'
export const looks = ['rain-night', 'snow-day']
const cameras = ['front']

/** Servers, the shipped gateway with a caller, and this process's own look at what lies behind. */
export interface System {
  readonly stack: OwnStack
  readonly client: TestClient
  readonly backends: Backends
  readonly gateway: Supervised
  /** A worker of all stages but the first and last. */
  worker(name: string, env?: Readonly<Record<string, string>>, preload?: string): Supervised
  orchestrator(name: string, env?: Readonly<Record<string, string>>): Supervised
  /** Asks for one camera in some weathers, over gRPC. */
  make(more?: object, requestId?: string): Promise<Augmentation>
  stored(name: string): Promise<StoredAugmentation>
  tasks(name: string): Promise<TaskDetails[]>
  /** Waits until it has ended. */
  ended(name: string, timeoutMs?: number): Promise<StoredAugmentation>
  /** A try that runs now on this worker, or on any. */
  running(name: string, stage?: string): Promise<TaskDetails>
  audit(name: string): Promise<Audit>
  stop(): Promise<void>
}

export const idOf = (name: string): string => name.slice('augmentations/'.length)
export const lookOf = (weather: string, lighting: string) => ({ recipe: { case: 'look' as const, value: { weather, lighting } } })
export const wanted = (more: object = {}) => ({
  scenario: 'scenarios/drive',
  cameras,
  variants: [lookOf('rain', 'night'), lookOf('snow', 'day')],
  generation: { frames: 17 },
  ...more,
})

/** @param name of the folder. The caller stops it. */
export async function startSystem(name: string): Promise<System> {
  const folder = await freshFolder(name)
  const stack = await ownStack(join(folder, 'stack'))
  try {
    const port = await choosePort()
    const gateway = stack.service('gateway', 'apps/gateway/src/main.ts', { VIRGA_LISTEN: `127.0.0.1:${port}` })
    gateway.start()
    const backends = await stack.open()
    await registerScenario(backends.catalog, tenant)
    await gateway.waitReady()
    return systemOf(folder, stack, gateway, backends, new TestClient(port))
  } catch (error) {
    await stack.stop()
    throw error
  }
}

function systemOf(folder: string, stack: OwnStack, gateway: Supervised, backends: Backends, client: TestClient): System {
  const { augmentations } = backends.catalog
  const start = (service: Supervised) => {
    service.start()
    return service
  }
  const stored = async (name: string) => {
    const found = await augmentations.get(tenant, idOf(name))
    if (found === undefined) throw new Error(`${name} is not there`)
    return found
  }
  const tasks = (name: string) => allPages((after) => augmentations.tasks({ augmentation: idOf(name), size: 500, ...after }))
  return {
    stack,
    client,
    backends,
    gateway,
    stored,
    tasks,
    worker: (name, env = {}, preload) => start(stack.service(name, 'worker.ts', env, preload)),
    orchestrator: (name, env = {}) => start(stack.service(name, 'orchestrator.ts', { VIRGA_SMALL_TASK_MS: '20', ...env })),
    make: (more, requestId = randomUUID()) =>
      client.unary(AugmentationService.method.createAugmentation, { augmentation: wanted(more), requestId }, { deadlineMs: 20_000 }),
    ended: (name, timeoutMs) =>
      eventually(
        `${name} has ended`,
        async () => {
          const found = await stored(name)
          return found.endedAt !== undefined && found
        },
        timeoutMs,
      ),
    running: (name, stage) =>
      eventually(`a task of ${name} runs`, async () =>
        (await tasks(name)).find((task) => task.state === 'running' && (stage === undefined || task.stage === stage)),
      ),
    audit: (name) => audit(backends, { tenant, augmentation: idOf(name), cameras, variants: looks }),
    async stop() {
      client.close()
      await backends.close().catch(() => undefined) // some tests leave a server down
      await stack.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
