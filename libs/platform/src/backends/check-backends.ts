import type { BlobStore } from '@virga/augmentation'
import type { Catalog } from '@virga/catalog'
import type { MessageBus } from '@virga/orchestration'

export interface BackendState {
  readonly name: 'catalog' | 'store' | 'bus'
  /** Why it does not answer; undefined: it does. */
  readonly failure?: string
}

/** A blob that nobody has: asking for it takes one round trip and reads nothing. */
const noBlob = { sha256: '0'.repeat(64), size: 0 }

/** Asks each for something cheap, all at once, each for at most `timeoutMs`. Never rejects. */
export async function checkBackends(
  { catalog, store, bus }: { readonly catalog: Catalog; readonly store: BlobStore; readonly bus: MessageBus },
  timeoutMs = 3000,
): Promise<readonly BackendState[]> {
  const checks = [
    { name: 'catalog', ask: () => catalog.augmentations.get('default', 'readiness') },
    { name: 'store', ask: () => store.has(noBlob) },
    { name: 'bus', ask: () => bus.check() },
  ] as const
  return Promise.all(checks.map(async ({ name, ask }) => ({ name, ...(await failureOf(ask, timeoutMs)) })))
}

async function failureOf(ask: () => Promise<unknown>, timeoutMs: number): Promise<{ readonly failure?: string }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    await Promise.race([ask(), late])
    return {}
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
