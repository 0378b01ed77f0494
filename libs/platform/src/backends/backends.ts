import type { Scratch } from '@virga/adapters'
import type { BlobStore } from '@virga/augmentation'
import type { Catalog } from '@virga/catalog'
import type { MessageBus } from '@virga/orchestration'
import type { BackendState } from './check-backends.ts'

/** What a service works on: the three ports, opened. */
export interface Backends {
  readonly catalog: Catalog
  readonly store: BlobStore
  /** A folder of this process for unfinished files, removed by `close`. On the store's file system where the store is a folder. */
  readonly scratch: Scratch
  readonly bus: MessageBus
  /** Which of the three answer now. Never rejects. */
  check(): Promise<readonly BackendState[]>
  close(): Promise<void>
}
