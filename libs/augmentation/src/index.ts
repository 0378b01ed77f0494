export { canonicalJson } from './digest/canonical-json.ts'
export { digestOf } from './digest/digest.ts'
export { folderDigest, type FolderDigest } from './digest/folder-digest.ts'
export type { BlobContent, BlobRef, BlobStore, PresignedUrl, PresignOptions } from './ports/blob-store.ts'
export type { BlobStoreAdmin, StoredBlob, StoredEntry } from './ports/blob-store-admin.ts'
export { type CollectedPublication, collectedPublication, folderPublication, type Publication } from './ports/publication.ts'
export { systemClock, type Clock } from './ports/clock.ts'
export { silentProgress, type Progress, type ProgressEvent } from './ports/progress.ts'
export { runStage, stageKey, type StageProduct, type StageResult, type StageSpec, type StageTools } from './stage/run-stage.ts'
export type { StageContext } from './stage/stage-context.ts'
export { type TailPolicy, tailPolicies } from './render/chunk-plan.ts'
export type { RenderView } from './render/control-pass.ts'
export {
  type Control,
  controls,
  isRendered,
  parseControl,
  parseControls,
  type RenderedControl,
  renderedControls,
  stylesOf,
  whyNotDrawn,
} from './render/controls.ts'
export { chainOf, type Fit, fits, trainedSize } from './render/fit.ts'
export { type Layout, layouts } from './render/layout.ts'
export { type GivenVideo, openPasses, type PassesRequest } from './render/open-passes.ts'
export { type RenderManifest, renderManifest, type RenderedOutput } from './render/run-manifest.ts'
export { renderRun, type RenderRunHost, type RenderRunRequest, type RenderRunResult } from './render/render-run.ts'
export { frameGrid, type FrameGrid, type FrameGridRequest } from './request/frame-grid.ts'
export { cropCamera, cropImage, type View, viewOf } from './request/view.ts'
export { safeName } from './request/safe-name.ts'
export type { Size } from './stage/rgb-frames.ts'
export { augment } from './augment/augment.ts'
export { makeVariant, type VariantWish } from './augment/make-variant.ts'
export { openAugmentation, type OpenedAugmentation } from './augment/open-augmentation.ts'
export { type Overview, promiseOf, publishOverview } from './augment/overview.ts'
export { renderCamera, type RenderedCamera } from './augment/render-camera.ts'
export { openDrive, type DriveInput, type DriveRequest } from './augment/drive-input.ts'
export {
  type AugmentHost,
  type AugmentRequest,
  type AugmentResult,
  type AugmentSettings,
  defaultFrames,
  type PublishedCamera,
  type PublishedCondition,
  type PublishedVariant,
  type PublishedVideo,
} from './augment/types.ts'
export { manifestText, variantManifest, type VariantManifest, variantManifestSchema } from './manifest/variant-manifest.ts'
export { findCamera, findCameras } from './request/find-camera.ts'
export { throwIfCancelled } from './stage/cancel.ts'
export { type Elements, type ElementType, type FrameShape, getFrames, putFrames } from './stage/frame-blob.ts'
export { preview, type PreviewHost, type PreviewRequest } from './preview/preview.ts'
export { type DriveMapRequest, openDriveMap } from './control-map/drive-map.ts'
export { controlMapPreview, type ControlMapPreviewOptions } from './control-map/preview.ts'
