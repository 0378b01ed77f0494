import type { Polyline } from '@virga/scenario'
import type { Road } from './road.ts'

/** Vertices about every 2 m from one arc length to another, either way, at a lateral offset, at height z (metres). */
export function along(road: Road, from: number, to: number, d: number, z: number, step = 2): Polyline {
  const n = Math.max(2, Math.ceil(Math.abs(to - from) / step) + 1)
  const line = new Float64Array(3 * n)
  for (let i = 0; i < n; i++) line.set([...road.place(from + ((to - from) * i) / (n - 1), d), z], 3 * i)
  return line
}
