/** What is beyond these is a broken file, not a drive: without them a few bytes could claim any amount of memory. */
export const limits = {
  /** Metres from the origin of the clip's world, also of LiDAR points from their sensor. */
  coordinate: 1e6,
  /** Metres along one side of a box. */
  boxSide: 1000,
  /** Pixels along one side of an image. */
  imageSide: 16_384,
  /** How far a principal point may lie from its image, in image sides. */
  principalPoint: 4,
  /** Points of one sweep; a sensor of 128 x 3600 beams with two returns has 0.92 million. */
  sweepPoints: 4_000_000,
  /** Frames of a clip: an hour. */
  frames: 108_000,
  /** Objects in one frame. */
  objects: 100_000,
  jsonBytes: 256 * 2 ** 20,
  arrayBytes: 2 ** 20,
  sweepBytes: 512 * 2 ** 20,
  textBytes: 2 ** 20,
} as const

/** How far R^T R of a rotation may be from the identity: float32 and six decimals pass, a scaled or sheared matrix does not. */
export const rotationTolerance = 1e-3
