import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import { laneMarks } from './lane-marks.ts'

const point = z.object({ x: z.number(), y: z.number(), z: z.number() })
const polyline = z.array(point).min(2)
const id = z.union([z.number().int(), z.string()])
const neighbour = id.nullish()

const laneSegment = z.object({
  id,
  is_intersection: z.boolean(),
  lane_type: z.enum(['VEHICLE', 'BIKE', 'BUS']),
  left_lane_boundary: polyline,
  right_lane_boundary: polyline,
  left_lane_mark_type: z.enum(laneMarks),
  right_lane_mark_type: z.enum(laneMarks),
  predecessors: z.array(id),
  successors: z.array(id),
  left_neighbor_id: neighbour,
  right_neighbor_id: neighbour,
})

const mapSchema = z.object({
  lane_segments: z.record(z.string(), laneSegment),
  pedestrian_crossings: z.record(z.string(), z.object({ id, edge1: polyline, edge2: polyline })),
  drivable_areas: z.record(z.string(), z.object({ id, area_boundary: z.array(point).min(3) })),
})

export type MapFile = z.infer<typeof mapSchema>
export type MapPoint = z.infer<typeof point>
export type LaneSegment = z.infer<typeof laneSegment>

/**
 * Parses the text of a map file.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the element (for instance "lane_segments 38109167"), the field, and what was expected
 */
export function parseMap(file: string, text: string): MapFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', `map is not valid JSON: ${reason}`, { file, expected: 'an Argoverse 2 vector map' }, { cause })
  }
  const parsed = mapSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]
  const keys = path.map(String)
  const [record, field] = keys.length > 2 ? [keys.slice(0, 2).join(' '), keys.slice(2).join('.')] : [undefined, keys.join('.')]
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], json)
  const shown = given === undefined ? 'is missing' : `is ${describe(given)}`
  throw new VirgaError('VIRGA_BAD_INPUT', `${keys.at(-1) ?? 'map'} ${shown}`, {
    file,
    record,
    field,
    expected: message.replace(/^Invalid \w+: expected /, ''),
  })
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value)
}
