export { buildTrajectory, unitQuaternionTolerance, type TrajectoryColumns, type TrajectorySource } from './build-trajectory.ts'
export { buildFtheta, fthetaFromIntrinsics, type FthetaParameters } from './camera/build-ftheta.ts'
export { cameraPoseAt } from './camera/camera-pose.ts'
export { maxValidAngle } from './camera/field-of-view.ts'
export { fthetaAngle, fthetaRadius } from './camera/ftheta.ts'
export { evaluateDerivative, evaluatePolynomial, fitPolynomialThroughOrigin } from './camera/polynomial.ts'
export { project, type Projection } from './camera/project.ts'
export { scaleCamera } from './camera/scale-camera.ts'
export type * from './camera/types.ts'
export { unproject } from './camera/unproject.ts'
export { cutScenario } from './cut-scenario.ts'
export { boxCornerSigns } from './geometry/box-corners.ts'
export { mat3ToQuat, mat4ToPose, multiplyMat4, poseToMat4, transformPointByMat4 } from './geometry/mat4.ts'
export { composePose, identityPose, invertPose, transformDirection, transformPoint, transformPoints } from './geometry/pose.ts'
export {
  angleBetweenQuats,
  conjugateQuat,
  identityQuat,
  multiplyQuat,
  normalizeQuat,
  normQuat,
  quatFromAxisAngle,
  quatFromRollPitchYaw,
  rotateVec,
  slerp,
  yawOfQuat,
} from './geometry/quat.ts'
export type * from './geometry/types.ts'
export { addVec, crossVec, dotVec, lengthVec, lerpVec, normalizeVec, scaleVec, subVec } from './geometry/vec3.ts'
export type * from './image.ts'
export { inspectScenario, type CameraSummary, type ScenarioSummary, type SeriesSummary } from './inspect.ts'
export type * from './map-element.ts'
export { poseAt, poseOfSample } from './pose-at.ts'
export type * from './scenario.ts'
export { lowerBound, nearestIndex, upperBound } from './search.ts'
export { segClasses, segClassId, type SegClass } from './seg-classes.ts'
export { nearestSweep, sweepsAround } from './sweeps-around.ts'
export { defaultTrackGapUs, trackBoxAt, type TrackBox } from './track-box.ts'
export type * from './track.ts'
export type * from './trajectory.ts'
