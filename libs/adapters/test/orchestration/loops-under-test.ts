import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteCatalog } from '@virga/adapters/catalog'
import { openInProcessBus } from '@virga/adapters/in-process'
import { type Catalog, defaultRetryPolicy, type TaskSpec } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { Admitted, AugmentationSpec, LoopEvent, MessageBus } from '@virga/orchestration'

/** A real catalog on SQLite and real topics within the process, on the real clock. */
export interface LoopsUnderTest {
  readonly catalog: Catalog
  readonly bus: MessageBus
  readonly events: LoopEvent[]
  readonly onEvent: (event: LoopEvent) => void
  /** Ends loops. */
  readonly stop: AbortController
  /** Makes the bus, or parts of the catalog, refuse as when they are away. */
  readonly away: { bus: boolean; catalog: boolean }
  /** Notes a loop, to be waited for at the end. */
  run(loop: Promise<void>): Promise<void>
  close(): Promise<void>
}

const outage = (what: string) => new VirgaError('VIRGA_UNAVAILABLE', `${what} is away`)

export async function openLoops(): Promise<LoopsUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'virga-loops-'))
  const away = { bus: false, catalog: false }
  const quick = { ...defaultRetryPolicy, firstMs: { soon: 20, later: 20, once: 20 } }
  const catalog = await openSqliteCatalog(join(folder, 'catalog.sqlite'), { policy: quick })
  await catalog.scenarios.create({ id: 'road', tenant: 'team', uri: 'simulation://7', state: 'ready' })
  const inner = openInProcessBus()
  const bus: MessageBus = {
    ...inner,
    publish: (records) => (away.bus ? Promise.reject(outage('the broker')) : inner.publish(records)),
  }
  const events: LoopEvent[] = []
  const stop = new AbortController()
  const loops: Promise<void>[] = []
  return {
    ...{ catalog: refusing(catalog, () => away.catalog), bus, events, stop, away },
    onEvent: (event) => void events.push(event),
    run: (loop) => {
      loops.push(loop)
      return loop
    },
    close: async () => {
      stop.abort()
      await Promise.all(loops)
      await inner.close()
      await catalog.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The catalog with each port's calls refused while it is away. */
function refusing(catalog: Catalog, isAway: () => boolean): Catalog {
  const port = <Port extends object>(real: Port): Port =>
    new Proxy(real, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver)
        if (typeof member !== 'function') return member
        return (...given: unknown[]): unknown => (isAway() ? Promise.reject(outage('the catalog')) : Reflect.apply(member, target, given))
      },
    })
  const { augmentations, work, sweeper, outbox, deadLetters } = catalog
  return {
    ...catalog,
    ...{ augmentations: port(augmentations), work: port(work), sweeper: port(sweeper) },
    ...{ outbox: port(outbox), deadLetters: port(deadLetters) },
  }
}

export const spec: AugmentationSpec = {
  scenario: 'scenarios/road',
  cameras: ['front'],
  variants: [{ variantId: 'rain', look: { weather: 'rain', lighting: 'day' } }],
}

/** Admits everything but a weather of frogs, with one task of the given stage. */
export const admitAll =
  (tasks: readonly TaskSpec[] = [{ key: 'inspect', stage: 'inspect', input: null }]) =>
  async (_tenant: string, asked: AugmentationSpec): Promise<Admitted> => {
    if (asked.variants.some(({ look }) => look?.weather === 'frogs')) {
      throw new VirgaError('VIRGA_UNKNOWN_NAME', 'no weather frogs', { field: 'variants[0].look.weather', expected: 'rain, snow' })
    }
    return { spec: { bundle: 'bundles/mini', ...asked }, scenario: asked.scenario.slice('scenarios/'.length), tasks }
  }

/** Work that lasts so long, or until it is told to stop. */
export const lasting = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new VirgaError('VIRGA_CANCELLED', 'told to stop'))
    })
  })
