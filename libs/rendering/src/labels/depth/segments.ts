import { segClassId } from '@virga/scenario'
import type { LabelFrame } from '../label-frame.ts'

/** Segments between which nothing is carried over: what stands free, road, ..., and from `firstTrack` on each track. */
export const segments = { open: 0, ground: 1, pole: 2, sign: 3, firstTrack: 4 } as const

const ground = new Set([segClassId.road, segClassId['lane-line'], segClassId.crosswalk, segClassId.pavement])

/** The segment of each pixel. */
export function segmentsOf({ classes, tracks }: LabelFrame): Uint32Array {
  const ofClass = Uint16Array.from({ length: 256 }, (_, id) =>
    ground.has(id) ? segments.ground : id === segClassId.pole ? segments.pole : id === segClassId.sign ? segments.sign : segments.open,
  )
  const out = new Uint32Array(classes.length)
  for (let i = 0; i < out.length; i++) out[i] = tracks[i] > 0 ? segments.firstTrack + tracks[i] : ofClass[classes[i]]
  return out
}
