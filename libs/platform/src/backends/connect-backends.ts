import { setTimeout as sleep } from 'node:timers/promises'
import { retryClassOf } from '@virga/errors'
import type { Backends } from './backends.ts'
import { type BackendParts, backendsOf } from './open-backends.ts'

export interface ConnectOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal
  /** Told of each try that failed. */
  readonly onFailure: (name: string, error: unknown, nextTryMs: number) => void
}

const firstWaitMs = 250
const longestWaitMs = 5000

/**
 * Opens all three, however long they are down; what has been opened is kept while the others are tried again.
 *
 * @throws what waiting does not mend (a catalog of a newer release, a path that is no database), or the signal's reason
 */
export async function connectBackends(parts: BackendParts, options: ConnectOptions): Promise<Backends> {
  const giveUp = new AbortController()
  const signal = AbortSignal.any([options.signal, giveUp.signal])
  const until = async <T>(name: string, open: () => Promise<T>): Promise<T> => {
    try {
      return await persist(name, open, { ...options, signal })
    } catch (error) {
      giveUp.abort(error) // the others need not wait on
      throw error
    }
  }
  const [catalog, store, bus] = await Promise.allSettled([
    until('catalog', () => parts.catalog()),
    until('store', () => parts.store()),
    until('bus', () => parts.bus()),
  ])
  if (catalog.status === 'fulfilled' && store.status === 'fulfilled' && bus.status === 'fulfilled') {
    return backendsOf(catalog.value, store.value, bus.value)
  }
  if (catalog.status === 'fulfilled') await catalog.value.close()
  if (store.status === 'fulfilled') store.value.scratch.remove()
  if (bus.status === 'fulfilled') await bus.value.close()
  throw options.signal.aborted ? options.signal.reason : giveUp.signal.reason
}

async function persist<T>(name: string, open: () => Promise<T>, { signal, onFailure }: ConnectOptions): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    signal.throwIfAborted()
    try {
      return await open()
    } catch (error) {
      // A login that is refused may be one that has not been made yet; what never passes ends the process with its reason.
      if (retryClassOf(error) === 'never' && !isRefusedLogin(error)) throw error
      const jittered = waitMs * (0.5 + Math.random() / 2)
      onFailure(name, error, jittered)
      await sleep(jittered, undefined, { signal })
    }
  }
}

const isRefusedLogin = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'VIRGA_UNAUTHENTICATED' || error.code === 'VIRGA_FORBIDDEN' || error.code === 'VIRGA_NOT_FOUND')
