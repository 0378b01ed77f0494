export { canonicalJson } from './digest/canonical-json.ts'
export { digestOf } from './digest/digest.ts'
export { folderDigest, type FolderDigest } from './digest/folder-digest.ts'
export type { BlobContent, BlobRef, BlobStore } from './ports/blob-store.ts'
export { systemClock, type Clock } from './ports/clock.ts'
export { silentProgress, type Progress, type ProgressEvent } from './ports/progress.ts'
export { runStage, stageKey, type StageProduct, type StageResult, type StageSpec, type StageTools } from './stage/run-stage.ts'
export type { StageContext } from './stage/stage-context.ts'
export { parseRenderedControl, renderedControls, type RenderedControl, whyNotDrawn } from './render/controls.ts'
export { renderControls, type RenderControlsRequest, type RenderedVideo } from './render/render-controls.ts'
export { frameGrid, type FrameGrid, type FrameGridRequest } from './request/frame-grid.ts'
export { cropCamera, cropImage, type View, viewOf } from './request/view.ts'
export type { Size } from './stage/rgb-frames.ts'
export { augment } from './augment/augment.ts'
export { openDrive, type DriveInput, type DriveRequest } from './augment/drive-input.ts'
export {
  type AugmentHost,
  type AugmentRequest,
  type AugmentResult,
  defaultFrames,
  type PublishedCamera,
  type PublishedVariant,
} from './augment/types.ts'
export { manifestText, variantManifest, type VariantManifest, variantManifestSchema } from './manifest/variant-manifest.ts'
export { findCamera } from './request/find-camera.ts'
export { throwIfCancelled } from './stage/cancel.ts'
export { type Elements, type ElementType, type FrameShape, getFrames, putFrames } from './stage/frame-blob.ts'
