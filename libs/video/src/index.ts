export { openVideo, type VideoSource } from './decode.ts'
export { createVideo, type Preset, type VideoOptions, type VideoSink } from './encode.ts'
export { decodeImage, encodeJpeg, encodePng, readImage, readPng, writeJpeg, writePng } from './image.ts'
export { type VideoFacts } from './probe.ts'
