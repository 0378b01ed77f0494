export { throwIfCancelled } from './cancel.ts'
export { type ClipWeights, heldWeights, readWeights, type WeightFrames } from './clip-weights.ts'
export { clipFrames, type ClipPlan, latentFrames, officialMapFrames, planClips, TEMPORAL, wholeClip } from './clips.ts'
export {
  type ControlWeightOptions,
  type ControlWeights,
  resolveControlWeights,
  sliceWeights,
  tokenWeights,
  type WeightEntry,
  type WeightMap,
} from './control-weights.ts'
export { type Denoiser, guidedDenoise, type GuidanceOptions, type NetworkInput, type Pass } from './denoiser.ts'
export { GIVEN_SIGMA, type GivenFrames, insertGiven, restoreGiven } from './given-frames.ts'
export { canvasOf, mergeAndSplit, mergePatches, type PatchLayout, patchLayout, singlePatch, splitPatches } from './merge-patches.ts'
export { numpyNoise, NumpyRandom } from './numpy-random.ts'
export { PATCH, patchify, tokenCount, type TokenGrid, tokenGrid, tokenIndices, unpatchify } from './patches.ts'
export { precondition, type Preconditioning, SIGMA_DATA } from './preconditioning.ts'
export { halfToNumber, parseSafetensors, type StoredTensor } from './safetensors.ts'
export { noiseLevels, type NoiseLevelsRequest, RHO, SIGMA_MIN, sigmaSchedule, type Solver, solvers, strengthSigma } from './schedule.ts'
export { type Denoise, sample, type SampleOptions, type SampleStep, solverCoefficients, type StepCoefficients } from './solver.ts'
export { entry, expectShape, findNotFinite, reshape, sameShape, sizeOf, stack, type Tensor, tensor } from './tensor.ts'
export { type PaddedIds, padIds, zeroPaddingRows } from './text-rules.ts'
export { type Extents, resizeTrilinear, trilinearFrames } from './trilinear.ts'
