import { VirgaError } from '@virga/errors'
import type { MessageBus } from '../ports/message-bus.ts'

/** Tells those who wait that an augmentation has changed. A hint: the catalog says what. */
export interface ChangeFeed {
  /** Resolves at the next change of the augmentation, after `ms`, or when the signal fires. */
  changed(augmentation: string, ms: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Reads the events topic from now on, in a group of its own; one for each process that watches. */
export function openChangeFeed(_bus: MessageBus): Promise<ChangeFeed> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet'))
}
