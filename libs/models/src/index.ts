export { type CheckableOptions, checkOptions } from './check-options.ts'
export { type Bundle, bundleFiles, graphFiles, loadBundle, type VerifiedFile, verifyBundle } from './bundle.ts'
export {
  type ClipGenerator,
  type ClipGeneratorOptions,
  createClipGenerator,
  type GeneratedPart,
  type GeneratedVideo,
  type GenerationFacts,
} from './clip-generator.ts'
export { type Timings } from './clip-maker.ts'
export { planVideo, type VideoPlan } from './clip-plan.ts'
export { sha256OfFile } from './digest.ts'
export { bundleSearchPath, findBundle, type FoundBundle, importedBundlesFolder, listBundles } from './find-bundles.ts'
export { toFrames, videoTensor } from './frames.ts'
export { type Feeds, type Graph, type IndexTensor, openGraph } from './graph.ts'
export { GraphStore } from './graph-store.ts'
export { BUNDLE_SCHEMA, type BundleFile, type BundleGraph, type BundleManifest, parseManifest } from './manifest.ts'
export { type BoundControl, clipDenoiser, encodeHint, type NetworkGraphs, type NetworkShape, runNetwork } from './network.ts'
export { type ExecutionProvider, executionProviders, type RunOptions, usableProviders } from './providers.ts'
export { type BaseKind, type ControlInput, type ControlMapFrames, type GenerateRequest, type GenerationStep } from './request.ts'
export { encodeText, loadVocabulary, type Vocabulary, wordIds, type Words, words } from './text.ts'
export { Tokenizer } from './tokenizer.ts'
export { type VideoInput, type VideoReader } from './video-reader.ts'
export { type UnigramModel, unigramEncoder } from './unigram.ts'
