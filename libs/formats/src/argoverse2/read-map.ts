import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Crosswalk, DrivableArea, Lane, LaneLine, MapElement, Polyline } from '@virga/scenario'
import { namesIn } from './files.ts'
import { type LaneMark, paintOf, type Side, turnPaint } from './lane-marks.ts'
import { mapFilePattern, parts } from './layout.ts'
import { type LaneSegment, type MapPoint, parseMap } from './map-schema.ts'
import { roadOutline } from './road-outline.ts'

export interface LogMap {
  readonly logId: string
  readonly region: string
  readonly elements: readonly MapElement[]
  readonly drivableAreas: readonly DrivableArea[]
}

/**
 * Reads the vector map: lane segments as lanes and, where a boundary is marked, lane lines; crossings; drivable areas and their outline.
 *
 * @returns undefined if the log has no map file
 * @throws VirgaError VIRGA_BAD_INPUT naming file, element and field
 */
export async function readMap(folder: string): Promise<LogMap | undefined> {
  const names = ((await namesIn(join(folder, parts.map))) ?? []).filter((name) => mapFilePattern.test(name))
  if (names.length === 0) return undefined
  if (names.length > 1) {
    const place = { file: join(folder, parts.map), expected: 'one file log_map_archive_*.json' }
    throw new VirgaError('VIRGA_BAD_INPUT', `the log has ${names.length} maps: ${names.join(', ')}`, place)
  }
  const file = join(folder, parts.map, names[0])
  const [, logId, region] = mapFilePattern.exec(names[0]) ?? []
  return { logId, region, ...mapOf(file, await readFile(file, 'utf8')) }
}

/** The map that a file's text states. @throws VirgaError VIRGA_BAD_INPUT naming file, element and field */
export function mapOf(file: string, text: string): Pick<LogMap, 'elements' | 'drivableAreas'> {
  const json = parseMap(file, text)
  const drivableAreas = Object.values(json.drivable_areas).map((area) => ({
    id: String(area.id),
    ring: openRing(polylineOf(area.area_boundary)),
  }))
  return {
    drivableAreas,
    elements: [
      ...lanesAndLines(Object.values(json.lane_segments)),
      ...Object.values(json.pedestrian_crossings).map((crossing): Crosswalk => {
        const edges = [polylineOf(crossing.edge1), polylineOf(crossing.edge2)] as const
        return { kind: 'crosswalk', id: String(crossing.id), ring: ringOfEdges(...edges), edges }
      }),
      ...roadOutline(drivableAreas),
    ],
  }
}

/**
 * A boundary that two lanes share becomes one line: it is in the file twice with the same vertices, in the same direction for lanes of one
 * direction, reversed for opposite ones, where a pair of unequal lines swaps its sides too.
 */
function lanesAndLines(segments: readonly LaneSegment[]): (Lane | LaneLine)[] {
  const lines = new Map<string, LaneLine>()
  const lineOf = (segment: LaneSegment, side: Side, rail: Polyline, mark: LaneMark): string | undefined => {
    const paint = paintOf(mark, side)
    if (paint === undefined) return undefined
    const turned = turnPaint(paint)
    const known =
      lines.get(`${rail.join()} ${paint.colour} ${paint.pattern}`) ??
      lines.get(`${reverse(rail).join()} ${turned.colour} ${turned.pattern}`)
    if (known !== undefined) return known.id
    const line: LaneLine = { kind: 'lane-line', id: `${segment.id}:${side}`, sourceType: mark, line: rail, ...paint }
    lines.set(`${rail.join()} ${paint.colour} ${paint.pattern}`, line)
    return line.id
  }
  const lanes = segments.map((segment): Lane => {
    const left = polylineOf(segment.left_lane_boundary)
    const right = polylineOf(segment.right_lane_boundary)
    const neighbours = {
      ...(segment.left_neighbor_id == null ? {} : { leftNeighbour: String(segment.left_neighbor_id) }),
      ...(segment.right_neighbor_id == null ? {} : { rightNeighbour: String(segment.right_neighbor_id) }),
    }
    const leftLine = lineOf(segment, 'left', left, segment.left_lane_mark_type)
    const rightLine = lineOf(segment, 'right', right, segment.right_lane_mark_type)
    return {
      kind: 'lane',
      id: String(segment.id),
      sourceType: segment.lane_type,
      left,
      right,
      use: laneUses[segment.lane_type],
      isIntersection: segment.is_intersection,
      predecessors: segment.predecessors.map(String),
      successors: segment.successors.map(String),
      ...neighbours,
      ...(leftLine === undefined ? {} : { leftLine }),
      ...(rightLine === undefined ? {} : { rightLine }),
    }
  })
  return [...lines.values(), ...lanes]
}

const laneUses = { VEHICLE: 'vehicle', BIKE: 'bike', BUS: 'bus' } as const satisfies Record<LaneSegment['lane_type'], Lane['use']>

export function polylineOf(points: readonly MapPoint[]): Polyline {
  return Float64Array.from(points.flatMap(({ x, y, z }) => [x, y, z]))
}

export function reverse(line: Polyline): Polyline {
  const out = new Float64Array(line.length)
  for (let i = 0; i < line.length; i += 3) out.set(line.subarray(i, i + 3), line.length - 3 - i)
  return out
}

/** Without a last vertex that repeats the first. */
function openRing(ring: Polyline): Polyline {
  const last = ring.length - 3
  return last >= 9 && [0, 1, 2].every((axis) => ring[axis] === ring[last + axis]) ? ring.slice(0, last) : ring
}

/** Around a crossing: one edge and the other back. The edges should point the same way; where they do not, the ring is untwisted. */
function ringOfEdges(edge1: Polyline, edge2: Polyline): Polyline {
  const gap = (i: number, j: number): number => Math.hypot(edge1[i] - edge2[j], edge1[i + 1] - edge2[j + 1])
  const [end1, end2] = [edge1.length - 3, edge2.length - 3]
  const back = gap(0, 0) + gap(end1, end2) <= gap(0, end2) + gap(end1, 0) ? reverse(edge2) : edge2
  return Float64Array.of(...edge1, ...back)
}
