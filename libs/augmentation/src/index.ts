export { canonicalJson, type Json } from './digest/canonical-json.ts'
export { digestOf } from './digest/digest.ts'
export { folderDigest, type FolderDigest } from './digest/folder-digest.ts'
export type { BlobContent, BlobRef, BlobStore } from './ports/blob-store.ts'
export { systemClock, type Clock } from './ports/clock.ts'
export { silentProgress, type Progress, type ProgressEvent } from './ports/progress.ts'
export {
  runStage,
  stageKey,
  throwIfCancelled,
  type StageProduct,
  type StageResult,
  type StageSpec,
  type StageTools,
} from './stage/run-stage.ts'
export type { StageContext } from './stage/stage-context.ts'
