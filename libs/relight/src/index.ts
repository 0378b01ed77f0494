export { createDetailTransfer, type DetailTransfer, type DetailTransferOptions } from './detail-transfer.ts'
export type { Geometry } from './evaluate.ts'
export { parseDetailOptions, type DetailOptions, type RelightEntry } from './manifest.ts'
export { loadRelight, type Relight } from './relight.ts'
