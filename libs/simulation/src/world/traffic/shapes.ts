import type { ObjectClass } from '@virga/scenario'

export const shapes = [
  'hatchback',
  'saloon',
  'suv',
  'van',
  'truck',
  'tractor-trailer',
  'bus',
  'motorcycle',
  'bicycle',
  'pedestrian',
  'pedestrian-coat',
  'child',
] as const

export type Shape = (typeof shapes)[number]
export type PersonShape = 'pedestrian' | 'pedestrian-coat' | 'child'
export type VehicleShape = Exclude<Shape, PersonShape>

/** Length, width, height of each shape in metres: the meshes fill these boxes. Two-wheelers with their riders; people before they are scaled to their height. */
export const shapeSizes: Record<Shape, readonly [number, number, number]> = {
  hatchback: [4.0, 1.76, 1.48],
  saloon: [4.6, 1.82, 1.44],
  suv: [4.5, 1.88, 1.7],
  van: [5.4, 2.0, 2.4],
  truck: [7.4, 2.3, 3.2],
  'tractor-trailer': [14, 2.5, 3.7],
  bus: [11.8, 2.5, 3.1],
  motorcycle: [2.1, 0.8, 1.66],
  bicycle: [1.76, 0.6, 1.76],
  pedestrian: [0.55, 0.6, 1.74],
  'pedestrian-coat': [0.55, 0.6, 1.74],
  child: [0.55, 0.6, 1.74],
}

export const objectClasses: Record<Shape, ObjectClass> = {
  hatchback: 'car',
  saloon: 'car',
  suv: 'car',
  van: 'van',
  truck: 'truck',
  'tractor-trailer': 'truck',
  bus: 'bus',
  motorcycle: 'motorcycle',
  bicycle: 'bicycle',
  pedestrian: 'pedestrian',
  'pedestrian-coat': 'pedestrian',
  child: 'pedestrian',
}

export function isPerson(shape: Shape): shape is PersonShape {
  return objectClasses[shape] === 'pedestrian'
}
