/** Colours as displayed (sRGB-like), 0..1. Few on purpose: a world of low entropy is what a small network can learn. */
export type Colour = readonly [number, number, number]

export const facadeColours: readonly Colour[] = [
  [0.74, 0.66, 0.54],
  [0.62, 0.42, 0.34],
  [0.78, 0.76, 0.71],
  [0.56, 0.55, 0.54],
  [0.66, 0.68, 0.6],
  [0.55, 0.6, 0.64],
]

export const roofColours: readonly Colour[] = [
  [0.42, 0.27, 0.22],
  [0.33, 0.33, 0.35],
]

export const paintColours: readonly Colour[] = [
  [0.86, 0.86, 0.85],
  [0.12, 0.12, 0.13],
  [0.5, 0.52, 0.54],
  [0.6, 0.11, 0.1],
  [0.13, 0.23, 0.42],
  [0.72, 0.73, 0.74],
]

export const clothColours: readonly Colour[] = [
  [0.2, 0.26, 0.4],
  [0.52, 0.18, 0.16],
  [0.26, 0.34, 0.24],
  [0.62, 0.56, 0.44],
  [0.16, 0.16, 0.18],
  [0.66, 0.66, 0.66],
]

export const trouserColours: readonly Colour[] = [
  [0.17, 0.19, 0.26],
  [0.24, 0.22, 0.2],
]

export const surfaces = {
  asphalt: [0.3, 0.3, 0.31],
  roadPaintWhite: [0.86, 0.86, 0.84],
  roadPaintYellow: [0.82, 0.66, 0.2],
  kerb: [0.58, 0.57, 0.55],
  paving: [0.5, 0.49, 0.47],
  grass: [0.36, 0.46, 0.22],
  plaza: [0.46, 0.45, 0.43],
  bark: [0.33, 0.26, 0.2],
  leafA: [0.27, 0.42, 0.16],
  leafB: [0.36, 0.47, 0.18],
  conifer: [0.18, 0.33, 0.19],
  pole: [0.36, 0.38, 0.39],
  rubber: [0.08, 0.08, 0.085],
  hub: [0.55, 0.56, 0.57],
  glass: [0.1, 0.12, 0.14],
  skin: [0.74, 0.56, 0.46],
  hair: [0.2, 0.15, 0.11],
  far: [0.33, 0.4, 0.24],
} satisfies Record<string, Colour>
