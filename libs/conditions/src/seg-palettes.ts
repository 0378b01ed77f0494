import type { SegClass } from '@virga/scenario'

export type Rgb = readonly [red: number, green: number, blue: number]

/** Colours by class. */
export type SegPalette = Readonly<Record<SegClass, Rgb>>

/** The palettes with a name; a user's own is an object of the same form. */
export const segPalettes = {
  /** Colours of the Cityscapes labels (cityscapesScripts, labels.py); lane-line and crosswalk, which it does not have, are its own shades of white. */
  cityscapes: {
    sky: [70, 130, 180],
    road: [128, 64, 128],
    'lane-line': [255, 255, 255],
    crosswalk: [200, 200, 200],
    pavement: [244, 35, 232],
    terrain: [152, 251, 152],
    building: [70, 70, 70],
    vegetation: [107, 142, 35],
    pole: [153, 153, 153],
    sign: [220, 220, 0],
    vehicle: [0, 0, 142],
    pedestrian: [220, 20, 60],
  },
} as const satisfies Record<string, SegPalette>

export type SegPaletteName = keyof typeof segPalettes
