export { segClasses, segClassId as classId, type SegClass } from '@virga/scenario'

/** What a surface is made of: chooses the procedural texture and how light, rain and snow act on it. At most 16. */
export const materials = [
  'matte',
  'asphalt',
  'road-paint',
  'window',
  'car-paint',
  'car-glass',
  'headlight',
  'tail-light',
  'lamp',
  'leaf',
  'grass',
  'retro-sign',
  'paving',
  'shop',
  'facade',
  'rubber',
] as const

export type Material = (typeof materials)[number]

export const materialId = Object.fromEntries(materials.map((name, id) => [name, id])) as Record<Material, number>
