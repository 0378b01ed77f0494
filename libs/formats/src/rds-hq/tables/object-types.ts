import type { ObjectClass } from '@virga/scenario'

/**
 * The `object_type` words of RDS-HQ and what they are here: the words of its second list, then those that only its first has. Each class
 * is drawn on the canvas that NVIDIA's renderer gives the word (Cosmos-Drive-Dreams, bbox_utils.py), so `Other_vehicle` is a car.
 */
export const objectTypes: Readonly<Record<string, ObjectClass>> = {
  Automobile: 'car',
  Heavy_truck: 'truck',
  Bus: 'bus',
  Train_or_tram_car: 'train',
  Trolley_bus: 'bus',
  Other_vehicle: 'car',
  Trailer: 'trailer',
  Person: 'pedestrian',
  Stroller: 'stroller',
  Rider: 'rider',
  Animal: 'animal',
  Protruding_object: 'other',
  Car: 'car',
  Vehicle: 'car',
  Truck: 'truck',
  Pedestrian: 'pedestrian',
  Cyclist: 'rider',
}

/**
 * The word that a writer gives an object of another source. The format has none for two-wheelers without rider and for small street
 * furniture: the words here keep them on the canvas on which this project draws them.
 */
export const typeOfClass: Readonly<Record<ObjectClass, string>> = {
  car: 'Automobile',
  van: 'Automobile',
  truck: 'Heavy_truck',
  bus: 'Bus',
  trailer: 'Trailer',
  train: 'Train_or_tram_car',
  motorcycle: 'Cyclist',
  bicycle: 'Cyclist',
  rider: 'Rider',
  pedestrian: 'Person',
  stroller: 'Stroller',
  animal: 'Animal',
  cone: 'Protruding_object',
  bollard: 'Protruding_object',
  sign: 'Protruding_object',
  other: 'Protruding_object',
}

/** The class of an `object_type` word; `other` for a word that is in neither list. */
export function classOfType(word: string): ObjectClass {
  return Object.hasOwn(objectTypes, word) ? objectTypes[word] : 'other'
}
