import type { BlobStore } from '@virga/augmentation'
import type { Metrics } from './metrics.ts'

type BlobWork = 'put' | 'putFile' | 'copyTo' | 'verify'

/** The same store, counted: blobs and bytes by operation. Other methods, also those of one adapter only, go through as they are. */
export function measuredStore<Store extends BlobStore>(store: Store, metrics: Pick<Metrics, 'blobs' | 'blobBytes'>): Store {
  const count = (operation: string, outcome: 'ok' | 'failed', bytes: number): void => {
    metrics.blobs.inc({ operation, outcome })
    if (bytes > 0) metrics.blobBytes.inc({ operation }, bytes)
  }
  const counted =
    <Arguments extends unknown[], Result>(
      operation: BlobWork,
      run: (...given: Arguments) => Promise<Result>,
      bytes: (result: Result, given: Arguments) => number,
    ) =>
    async (...given: Arguments): Promise<Result> => {
      try {
        const result = await run(...given)
        count(operation, 'ok', bytes(result, given))
        return result
      } catch (error) {
        count(operation, 'failed', 0)
        throw error
      }
    }
  const measured: Partial<BlobStore> = {
    put: counted(
      'put',
      (content) => store.put(content),
      (ref) => ref.size,
    ),
    putFile: counted(
      'putFile',
      (path) => store.putFile(path),
      (ref) => ref.size,
    ),
    copyTo: counted(
      'copyTo',
      (ref, path) => store.copyTo(ref, path),
      (_, [ref]) => ref.size,
    ),
    verify: counted(
      'verify',
      (ref) => store.verify(ref),
      (_, [ref]) => ref.size,
    ),
    async *get(ref) {
      let bytes = 0
      let outcome: 'ok' | 'failed' = 'failed'
      try {
        for await (const chunk of store.get(ref)) {
          bytes += chunk.length
          yield chunk
        }
        outcome = 'ok'
      } finally {
        count('get', outcome, bytes)
      }
    },
  }
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(measured, name)) return measured[name as keyof BlobStore]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value
    },
  })
}
