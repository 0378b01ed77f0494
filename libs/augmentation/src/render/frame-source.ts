import { type Camera, type Micros, type RgbImage, type Scenario } from '@virga/scenario'
import { logCameraSource } from '../source/log-camera-source.ts'
import { openVideoOnGrid } from '../source/video-on-grid.ts'
import { fileStamp } from './source-stamp.ts'

/** Pictures of one camera on the frame grid, from the log or from a video that was given. */
export interface FrameSource {
  /** Names where the pictures come from. */
  readonly digest: string
  /** Pixels of the pictures as they come. */
  readonly width: number
  readonly height: number
  frames(first: number, count: number): AsyncIterable<RgbImage>
  close(): Promise<void>
}

/** The log's own pictures of a camera; undefined where it has none for some frame. */
export function logFrameSource(scenario: Scenario, camera: Camera, timesUs: readonly Micros[]): FrameSource | undefined {
  const view = { x: 0, y: 0, width: camera.width, height: camera.height }
  if (logCameraSource(scenario, '', camera, view, timesUs) === undefined) return undefined
  return {
    digest: 'the log',
    width: camera.width,
    height: camera.height,
    frames: async function* (first, count) {
      const source = logCameraSource(scenario, '', camera, view, timesUs.slice(first, first + count))
      for await (const { rgb } of source?.frames() ?? []) yield rgb
    },
    close: () => Promise.resolve(),
  }
}

/** A video that was given, which begins when the drive begins. @throws as `openVideoOnGrid` does */
export async function videoFrameSource(path: string, what: string, scenario: Scenario, timesUs: readonly Micros[]): Promise<FrameSource> {
  const video = await openVideoOnGrid(path, what, scenario.startUs, timesUs)
  const { width, height } = video
  return {
    digest: `video ${await fileStamp(path)}`,
    width,
    height,
    frames: (first, count) => video.frames(first, count),
    close: () => video.close(),
  }
}
