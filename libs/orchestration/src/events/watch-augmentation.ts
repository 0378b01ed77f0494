import type { Augmentation, AugmentationCatalog, TaskDetails } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { ChangeFeed } from './change-feed.ts'

/** What is new about an augmentation. */
export type AugmentationChange =
  | { readonly kind: 'augmentation'; readonly augmentation: Augmentation }
  | { readonly kind: 'task'; readonly task: TaskDetails }

export interface WatchOptions {
  readonly tenant: string
  readonly id: string
  /** The last revision that the caller has seen; 0 (the default): the first change is the state now. */
  readonly afterRevision?: number
  readonly signal?: AbortSignal
  /** Longest wait between looks; default 1 s. */
  readonly pollMs?: number
}

/**
 * Follows an augmentation up to its final state, which is always the last change; one that is removed ends with VIRGA_NOT_FOUND. Changes
 * that follow each other closely are folded into one.
 *
 * @param ports feed: wakes the watch at once instead of at the next look
 * @throws VirgaError VIRGA_NOT_FOUND, VIRGA_UNAVAILABLE when the catalog stays away, VIRGA_CANCELLED when the signal fires
 */
export function watchAugmentation(
  _ports: { readonly augmentations: AugmentationCatalog; readonly feed?: ChangeFeed },
  options: WatchOptions,
): AsyncIterable<AugmentationChange> {
  throw new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: options.id })
}
