export { rdsHqCameraNames, rdsHqCameras } from './cameras.ts'
export {
  edgeWords,
  isKnownPaint,
  knownLinePaints,
  lineColours,
  lineStyles,
  paintOfWords,
  type PaintWords,
  wordsOfPaint,
} from './lane-paint.ts'
export { laneUses, type MapLayer, mapLayers, typeWordOf, typeWords } from './map-layers.ts'
export { classOfType, objectTypes, typeOfClass } from './object-types.ts'
