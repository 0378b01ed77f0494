import type { Polyline } from '@virga/scenario'
import type { Road } from './road.ts'

/** Vertices at every station from one arc length to another, either way, at a lateral offset, `up` metres above the ground: on the mesh's own chords. */
export function along(road: Road, from: number, to: number, d: number, up: number): Polyline {
  const stations = road.stations(Math.min(from, to), Math.max(from, to))
  if (from > to) stations.reverse()
  return Float64Array.from(stations.flatMap((s) => road.place3(s, d, up)))
}

/** Vertices about every 5 m across the street at one arc length, from one lateral offset to another. */
export function across(road: Road, s: number, from: number, to: number, up: number): Polyline {
  const n = Math.max(1, Math.ceil(Math.abs(to - from) / 5))
  return Float64Array.from(Array.from({ length: n + 1 }, (_, i) => road.place3(s, from + ((to - from) * i) / n, up)).flat())
}
