import { type Augmentation, Augmentation_State, type WatchAugmentationResponse } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { CallError, callError, Retries, type RetryPolicy } from './retry.ts'

/** Whether nothing more happens to an augmentation, unless a dead task of it is redriven. */
export function hasEnded({ state }: Augmentation): boolean {
  return state === Augmentation_State.SUCCEEDED || state === Augmentation_State.FAILED || state === Augmentation_State.CANCELLED
}

/**
 * Follows an augmentation to its end, over servers that go away and come back: a stream that broke is opened again at the last revision seen.
 *
 * @param open the stream of changes after a revision
 */
export async function* watchToEnd(
  open: (afterRevision: bigint) => AsyncIterable<WatchAugmentationResponse>,
  server: string,
  policy: RetryPolicy,
  signal?: AbortSignal,
): AsyncGenerator<WatchAugmentationResponse> {
  const retries = new Retries(policy)
  for (let revision = 0n; ;) {
    try {
      for await (const response of open(revision)) {
        retries.succeeded()
        yield response
        const { change } = response
        if (change.case !== 'augmentation') continue
        revision = change.value.revision
        if (hasEnded(change.value)) return
      }
      throw new CallError(new VirgaError('VIRGA_UNAVAILABLE', ''), `${server}: the stream ended before the augmentation did`, 0)
    } catch (thrown) {
      await retries.afterFailure(callError(thrown, server), signal)
    }
  }
}
