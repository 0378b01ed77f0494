import type { RgbImage, Track } from '@virga/scenario'

/** Labels of one frame, pixel by pixel, as `renderLabels` of libs/rendering draws them from a scenario. */
export interface PixelLabels {
  readonly width: number
  readonly height: number
  /** [height * width] ids of segClasses */
  readonly classes: Uint8Array
  /** [height * width] 0 = none, else 1 + index in the scenario's tracks */
  readonly tracks: Uint16Array
  /** [height * width] metres along the camera's axis, 0 = nothing hit */
  readonly depth: Float32Array
}

/** Weights that a file holds, brought to the map's frames and pixels. */
export interface WeightPlanes {
  /** [height * width] of one frame, finite and at least 0 */
  plane(frame: number): Float32Array
}

/** What a control map is drawn over. */
export interface ControlMapScene {
  /** Controls in use: the order of the planes. */
  readonly controls: readonly string[]
  /** Of the whole map. */
  readonly frames: number
  /** Frames to draw; default: all. */
  readonly range?: { readonly first: number; readonly count: number }
  readonly fps: number
  /** Of the planes, pixels. */
  readonly width: number
  readonly height: number
  /** Where relative file names lead from; default: the current folder. */
  readonly folder?: string
  /** What the map is drawn from is named by, for messages. */
  readonly file?: string
  /** One per frame that is drawn, of the planes' size; needed where the map asks for classes, tracks or distances. */
  readonly labels?: () => AsyncIterable<PixelLabels>
  /** The scenario's tracks. */
  readonly tracks?: readonly Pick<Track, 'id' | 'class'>[]
  /** The own vehicle in the view's picture: above 0. Undefined where the scenario does not have it. */
  readonly ownVehicle?: () => Promise<RgbImage>
  /** Opens a file of weights; needed where the map names one. */
  readonly openTensor?: (file: string) => Promise<WeightPlanes>
}
