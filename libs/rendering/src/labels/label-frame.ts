import type { Camera, Micros } from '@virga/scenario'

/** What the labels of a scenario (map, boxes, ground) say about each pixel of one picture. Row-major, top-left origin. */
export interface LabelFrame {
  readonly width: number
  readonly height: number
  readonly timeUs: Micros
  /** width * height ids of `segClasses`. */
  readonly classes: Uint8Array
  /** width * height: 0 = no track, else 1 + the index in `scenario.tracks`. */
  readonly tracks: Uint16Array
  /** width * height metres along the camera's z; 0 where nothing was hit (sky, ground beyond the reach). */
  readonly depth: Float32Array
  /** width * height: on a track's box how high, 0 at its foot to 255 at its top; 0 elsewhere. */
  readonly up: Uint8Array
  /** width * height ids of `boxFaces`. */
  readonly faces: Uint8Array
  /** width * height: where on the face, 0 to 255 from the right to the left of the box (front, back, top), from its back to its front (sides). */
  readonly across: Uint8Array
}

/** Sides of a box as it drives; `carried-up` is no side: see `LabelGeometry`. */
export const boxFaces = ['none', 'front', 'back', 'left', 'right', 'top', 'bottom', 'carried-up'] as const
export type BoxFace = (typeof boxFaces)[number]

export interface LabelRequest {
  readonly camera: Camera
  /** Size of the picture in pixels; the camera model is scaled to it. */
  readonly width: number
  readonly height: number
  /** One frame each, within the camera's poses. */
  readonly timesUs: readonly Micros[]
}
