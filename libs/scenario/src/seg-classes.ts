/** Segmentation classes by id: what a labelled picture can show. Bundles are fitted to these ids; new classes go to the end. */
export const segClasses = [
  'sky',
  'road',
  'lane-line',
  'crosswalk',
  'pavement',
  'terrain',
  'building',
  'vegetation',
  'pole',
  'sign',
  'vehicle',
  'pedestrian',
] as const

export type SegClass = (typeof segClasses)[number]

/** The id of each class. */
export const segClassId = Object.fromEntries(segClasses.map((name, id) => [name, id])) as Record<SegClass, number>
