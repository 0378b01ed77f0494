export { createDetailTransfer, type DetailTransfer, type DetailTransferOptions } from './detail-transfer.ts'
export type { Geometry } from './evaluate.ts'
export { parseDetailOptions, type DetailOptions, type RelightEntry, type RelightMode, relightModes } from './manifest.ts'
export { loadRelight, type Picture, type Relight } from './relight.ts'
