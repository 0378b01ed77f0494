export type { AdapterCandidate, AdapterDescription, AdapterKind } from './device/adapter.ts'
export { deviceFor, drawnBy } from './device-for.ts'
export { probeDevice, type DeviceProbe } from './device/probe.ts'
export { openRenderDevice, RenderDevice, type RenderDeviceOptions } from './device/render-device.ts'
export type { TexturePixels } from './device/readback.ts'
export type { TexelArray } from './device/texel.ts'
export {
  type ConditionRequest,
  type ConditionView,
  renderCondition,
  rendererVersion,
  renderRig,
  type RigFrame,
  type RigRequest,
} from './render-condition.ts'
export type { DeviceSource } from './device-for.ts'
export { resizeLanczos4 } from './output/lanczos4.ts'
export { chains, type Chain, type Style } from './style.ts'
export { styleNamed, styleNames, styles } from './styles/index.ts'
export type { ConditionStyle } from './condition-style.ts'
export { solidStyle } from './solid/solid-style.ts'
export type { SolidDescription, SolidLayer } from './solid/description.ts'
export { flatStyle } from './flat/flat-style.ts'
export type { FlatDescription, FlatLayer } from './flat/description.ts'
export { type BoxFace, boxFaces, type LabelFrame, type LabelRequest } from './labels/label-frame.ts'
export { type LabelGeometry, renderLabelGeometry, upMetres } from './labels/label-geometry.ts'
export { renderLabels } from './labels/render-labels.ts'
export { pointStyle, type PointDescription } from './lidar/point-style.ts'
export { lidarV1Description } from './styles/lidar-v1.ts'
export { worldScenarioV3Description } from './styles/world-scenario-v3.ts'
export { worldScenarioV3T25Description } from './styles/world-scenario-v3-t25.ts'
