import type { MapElement } from '@virga/scenario'
import type { Rgb } from '../raster/canvas.ts'
import type { FrameBox } from '../frame.ts'

/** Colour and primitive of each layer of hdmap-v1; `step` metres is how finely a line is cut. */
export const mapLayers: Partial<Record<MapElement['kind'], { colour: Rgb; shape: 'line' | 'hull'; step?: number }>> = {
  'lane-line': { colour: [98, 183, 249], shape: 'line', step: 0.8 },
  'road-boundary': { colour: [200, 36, 35], shape: 'line', step: 0.8 },
  'wait-line': { colour: [185, 63, 34], shape: 'line' },
  pole: { colour: [66, 40, 144], shape: 'line' },
  crosswalk: { colour: [206, 131, 63], shape: 'hull' },
  'road-marking': { colour: [126, 204, 205], shape: 'hull' },
  'traffic-sign': { colour: [131, 175, 155], shape: 'hull' },
  'traffic-light': { colour: [252, 157, 155], shape: 'hull' },
}

export type BoxClass = 'Car' | 'Truck' | 'Pedestrian' | 'Cyclist' | 'Others'

export const boxColours: Record<BoxClass, Rgb> = {
  Car: [255, 0, 0],
  Truck: [0, 0, 255],
  Pedestrian: [0, 255, 0],
  Cyclist: [255, 255, 0],
  Others: [255, 255, 255],
}

/** All twelve edges in one stroke. */
export const boxPath = [0, 1, 2, 3, 0, 4, 5, 6, 7, 4, 5, 1, 2, 6, 7, 3] as const

const classes: Record<string, BoxClass> = {
  Car: 'Car',
  Vehicle: 'Car',
  Automobile: 'Car',
  Other_vehicle: 'Car',
  Truck: 'Truck',
  Bus: 'Truck',
  Heavy_truck: 'Truck',
  Train_or_tram_car: 'Truck',
  Trolley_bus: 'Truck',
  Trailer: 'Truck',
  Pedestrian: 'Pedestrian',
  Person: 'Pedestrian',
  Cyclist: 'Cyclist',
  Rider: 'Cyclist',
}

/** The class map of hdmap-v1, by the source's own word (Cosmos-Drive-Dreams, hdmap_type_config.json). */
export const boxClassOf = (box: FrameBox): BoxClass => classes[box.sourceCategory] ?? 'Others'
