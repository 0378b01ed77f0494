import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  Crosswalk,
  DrivableArea,
  GroundHeight,
  Lane,
  LaneLine,
  MapElement,
  MissingPart,
  Polyline,
  RoadBoundary,
  Scenario,
} from '@virga/scenario'
import { writeGroundHeight } from './ground-height.ts'
import { type LaneMark, markOf, type Side, turnPaint } from './lane-marks.ts'
import { parts } from './layout.ts'
import type { LaneSegment, MapFile, MapPoint } from './map-schema.ts'
import { polylineOf, reverse } from './read-map.ts'
import { rasteriseGround } from './rasterise-ground.ts'

/** A map written without a region's name goes under this one. */
const noRegion = 'VRG_city_0'

/** Writes the vector map; returns what of the scenario's map the format has no place for. */
export async function writeMap(folder: string, scenario: Scenario): Promise<MissingPart[]> {
  const { map, notWritten } = mapFileOf(scenario)
  const logId = scenario.id.replaceAll('/', '-')
  await mkdir(join(folder, parts.map), { recursive: true })
  const region = scenario.origin.region ?? noRegion
  await writeFile(join(folder, parts.map, `log_map_archive_${logId}____${region}.json`), JSON.stringify(map))
  const ground = scenario.loadGroundHeight === undefined ? groundOf(map) : await scenario.loadGroundHeight()
  if (ground !== undefined) await writeGroundHeight(folder, logId, region, ground)
  return notWritten
}

/** The public API's data set refuses a log without a ground height raster. */
function groundOf(map: MapFile): GroundHeight | undefined {
  const lanes = Object.values(map.lane_segments).flatMap((lane) => [lane.left_lane_boundary, lane.right_lane_boundary])
  const rings = Object.values(map.drivable_areas).map((area) => [...area.area_boundary, area.area_boundary[0]])
  const lines = [...rings, ...lanes].map(polylineOf)
  return lines.length === 0 ? undefined : rasteriseGround(lines)
}

function mapFileOf(scenario: Scenario): { map: MapFile; notWritten: MissingPart[] } {
  const of = <K extends MapElement['kind']>(kind: K) =>
    scenario.map.filter((element): element is Extract<MapElement, { kind: K }> => element.kind === kind)
  const lanes = of('lane')
  const lines = new Map(of('lane-line').map((line) => [line.id, line]))
  const boundaries = of('road-boundary')
  const areas = scenario.drivableAreas ?? areasOf(boundaries, lanes)
  const laneIds = integerIds(lanes.map((lane) => lane.id))
  const marked = new Map<LaneLine, boolean>()
  const markOn = (side: Side, rail: Polyline, id: string | undefined): LaneMark => {
    const line = id === undefined ? undefined : lines.get(id)
    if (line === undefined) return 'NONE'
    const { mark, exact } = markOf(runsAgainst(rail, line.line) ? turnPaint(line) : line, side)
    marked.set(line, exact && (marked.get(line) ?? true))
    return mark
  }
  const segments = lanes.map((lane): LaneSegment => {
    const idsOf = (ids: readonly string[]): number[] => ids.flatMap((id) => laneIds(id) ?? [])
    return {
      id: laneIds(lane.id) ?? 0,
      is_intersection: lane.isIntersection,
      lane_type: lane.use === 'bike' ? 'BIKE' : lane.use === 'bus' ? 'BUS' : 'VEHICLE',
      left_lane_boundary: pointsOf(lane.left),
      left_lane_mark_type: markOn('left', lane.left, lane.leftLine),
      right_lane_boundary: pointsOf(lane.right),
      right_lane_mark_type: markOn('right', lane.right, lane.rightLine),
      successors: idsOf(lane.successors),
      predecessors: idsOf(lane.predecessors),
      right_neighbor_id: (lane.rightNeighbour === undefined ? undefined : laneIds(lane.rightNeighbour)) ?? null,
      left_neighbor_id: (lane.leftNeighbour === undefined ? undefined : laneIds(lane.leftNeighbour)) ?? null,
    }
  })
  const crossings = of('crosswalk')
  const crossingIds = integerIds(crossings.map((crossing) => crossing.id))
  const areaIds = integerIds(areas.map((area) => area.id))
  const keyed = <T extends { id: string | number }>(items: readonly T[]): Record<string, T> =>
    Object.fromEntries(items.map((item) => [String(item.id), item]))
  return {
    map: {
      pedestrian_crossings: keyed(
        crossings.map((crossing) => {
          const [edge1, edge2] = crossing.edges ?? edgesOf(crossing)
          return { id: crossingIds(crossing.id) ?? 0, edge1: pointsOf(endsOf(edge1)), edge2: pointsOf(endsOf(edge2)) }
        }),
      ),
      lane_segments: keyed(segments),
      drivable_areas: keyed(areas.map((area) => ({ area_boundary: pointsOf(area.ring), id: areaIds(area.id) ?? 0 }))),
    },
    notWritten: lost(scenario.map, lines, marked, boundaries, scenario.drivableAreas !== undefined),
  }
}

/** What cannot be told in this format, counted. */
function lost(
  map: readonly MapElement[],
  lines: ReadonlyMap<string, LaneLine>,
  marked: ReadonlyMap<LaneLine, boolean>,
  boundaries: readonly RoadBoundary[],
  hasAreas: boolean,
): MissingPart[] {
  const counts = new Map<string, number>()
  const count = (what: string, number: number): unknown => number > 0 && counts.set(what, (counts.get(what) ?? 0) + number)
  for (const kind of ['wait-line', 'road-marking', 'pole', 'traffic-sign', 'traffic-light'] as const) {
    count(`${kind} elements`, map.filter((element) => element.kind === kind).length)
  }
  const bent = map.filter((element) => element.kind === 'crosswalk' && (element.edges ?? edgesOf(element)).some(isBent)).length
  count('crossings whose edges bend by more than 5 cm, written from end to end', bent)
  count('lane lines that no lane names', [...lines.values()].filter((line) => !marked.has(line)).length)
  count('lane lines whose paint is written as the nearest mark type', [...marked.values()].filter((exact) => !exact).length)
  const kept = (boundary: RoadBoundary): boolean => boundary.sourceType === 'drivable_area' || (!hasAreas && isClosed(boundary.line))
  count('road boundaries that are no outline of a drivable area', boundaries.filter((boundary) => !kept(boundary)).length)
  return [...counts].map(([what, number]) => ({ part: 'map', detail: `${number} ${what}` }))
}

/** Areas for a scenario that has none: its closed boundaries, else the surfaces of its lanes. */
function areasOf(boundaries: readonly RoadBoundary[], lanes: readonly Lane[]): DrivableArea[] {
  const closed = boundaries.filter((boundary) => isClosed(boundary.line))
  if (closed.length > 0) return closed.map(({ id, line }) => ({ id, ring: line.slice(0, -3) }))
  return lanes.map(({ id, left, right }) => ({ id, ring: Float64Array.of(...left, ...reverse(right)) }))
}

function isClosed(line: Polyline): boolean {
  const last = line.length - 3
  return last >= 9 && [0, 1, 2].every((axis) => line[axis] === line[last + axis])
}

/** Whether a rail has the vertices of its line in the opposite order. */
function runsAgainst(rail: Polyline, line: Polyline): boolean {
  const gap = (start: number): number => Math.hypot(rail[0] - line[start], rail[1] - line[start + 1], rail[2] - line[start + 2])
  return gap(line.length - 3) < gap(0)
}

/** The two long sides of a crossing's ring, pointing the same way; a ring of n vertices is cut into halves. */
function edgesOf({ ring }: Crosswalk): readonly [Polyline, Polyline] {
  const n = ring.length / 3
  const length = (i: number, j: number): number => Math.hypot(ring[3 * i] - ring[3 * j], ring[3 * i + 1] - ring[3 * j + 1])
  const turn = n === 4 && length(1, 2) + length(3, 0) > length(0, 1) + length(2, 3) ? 1 : 0
  const turned = Float64Array.of(...ring.subarray(3 * turn), ...ring.subarray(0, 3 * turn))
  const half = 3 * Math.ceil(n / 2)
  const second = reverse(turned.slice(half))
  return [turned.slice(0, half), second.length >= 6 ? second : Float64Array.of(...second, ...second)]
}

/** An edge of a crossing has two points in this format (`PedestrianCrossing` of the public API refuses more). */
function endsOf(edge: Polyline): Polyline {
  return Float64Array.of(...edge.subarray(0, 3), ...edge.subarray(-3))
}

/** Whether a vertex of an edge lies more than 5 cm off the line between its ends. */
function isBent(edge: Polyline): boolean {
  const last = edge.length - 3
  const along = [0, 1, 2].map((axis) => edge[last + axis] - edge[axis])
  const length = Math.hypot(...along) || 1
  for (let i = 3; i < last; i += 3) {
    const off = [0, 1, 2].map((axis) => edge[i + axis] - edge[axis])
    const share = (off[0] * along[0] + off[1] * along[1] + off[2] * along[2]) / length ** 2
    if (Math.hypot(...off.map((value, axis) => value - share * along[axis])) > 0.05) return true
  }
  return false
}

/** The format's ids are integers: ids that are stay as they are, the others get the next free numbers. Unknown ids give undefined. */
function integerIds(ids: readonly string[]): (id: string) => number | undefined {
  const isInteger = (id: string): boolean => /^(0|[1-9]\d{0,14})$/.test(id)
  const numbers = new Map<string, number>()
  let next = Math.max(0, ...ids.filter(isInteger).map(Number)) + 1
  for (const id of ids) numbers.set(id, isInteger(id) ? Number(id) : next++)
  // A lane may follow on one outside the piece of map that the log holds.
  return (id) => numbers.get(id) ?? (isInteger(id) ? Number(id) : undefined)
}

function pointsOf(line: Polyline): MapPoint[] {
  return Array.from({ length: line.length / 3 }, (_, i) => ({ x: line[3 * i], y: line[3 * i + 1], z: line[3 * i + 2] }))
}
