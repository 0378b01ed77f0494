import { type MapElement, type Polyline, type Scenario, segClassId } from '@virga/scenario'
import { ShapeUtils, Vector2 } from 'three/webgpu'
import { lineWidth, roadMargin, type Stripe, stripesOf } from './label-classes.ts'

/** An area or a stripe on the ground, x and y in world metres; z only tells which level of the world it lies on. */
export type Decal = AreaDecal | StripeDecal

export interface AreaDecal {
  readonly kind: 'area'
  readonly classId: number
  /** 3n: the ring, open. */
  readonly ring: Polyline
  /** 3 vertex numbers per triangle. */
  readonly triangles: Uint32Array
}

/** A line of some width with round ends and joints, whole or in dashes that are counted from the line's start. */
export interface StripeDecal {
  readonly kind: 'stripe'
  readonly classId: number
  /** 3n: the middle of the stripe. */
  readonly line: Polyline
  readonly halfWidth: number
  readonly on: number
  readonly period: number
}

const { road, crosswalk, pavement } = segClassId
const paint = segClassId['lane-line']

/** What the map says lies on the ground. Implicit wait lines and lane lines without paint are not there to be seen. */
export function decalsOf(scenario: Pick<Scenario, 'map' | 'drivableAreas'>): Decal[] {
  const areas = (scenario.drivableAreas ?? []).flatMap(({ ring }) => area(ring, road))
  return [...areas, ...scenario.map.flatMap(decalsOfElement)]
}

function decalsOfElement(element: MapElement): Decal[] {
  switch (element.kind) {
    case 'lane':
      return laneArea(laneRing(element.left, element.right))
    case 'crosswalk':
      return area(element.ring, crosswalk)
    case 'road-marking':
      return area(element.ring, paint)
    case 'road-boundary':
      return [stripe(element.line, pavement, lineWidth.kerb)]
    case 'wait-line':
      return isImplicit(element) ? [] : [stripe(element.line, paint, lineWidth.waitLine)]
    case 'lane-line':
      return [
        stripe(element.line, road, 2 * roadMargin.laneLine),
        ...stripesOf[element.pattern].map((of) => stripe(shifted(element.line, of.offset), paint, lineWidth.laneLine, of)),
      ]
    default:
      return []
  }
}

/** RDS-HQ marks wait lines that nothing on the road shows with an attribute `is_implicit`. */
function isImplicit({ sourceAttributes = [] }: MapElement): boolean {
  return sourceAttributes.some((attribute) => /"name":"is_implicit"[^}]*(true|"(TRUE|YES)")/i.test(JSON.stringify(attribute)))
}

function stripe(
  line: Polyline,
  classId: number,
  width: number,
  { on, period }: Omit<Stripe, 'offset'> = { on: 1, period: 1 },
): StripeDecal {
  return { kind: 'stripe', classId, line, halfWidth: width / 2, on, period }
}

function area(ring: Polyline, classId: number): AreaDecal[] {
  if (ring.length < 9 || !ring.every(Number.isFinite)) return []
  // Triangulated about its first vertex: city coordinates are large.
  const points = Array.from({ length: ring.length / 3 }, (_, i) => new Vector2(ring[3 * i] - ring[0], ring[3 * i + 1] - ring[1]))
  return [{ kind: 'area', classId, ring, triangles: Uint32Array.from(ShapeUtils.triangulateShape(points, []).flat()) }]
}

/** The lane and a margin around it. */
function laneArea(ring: Polyline): Decal[] {
  return [...area(ring, road), stripe(Float64Array.from([...ring, ...ring.subarray(0, 3)]), road, 2 * roadMargin.lane)]
}

function laneRing(left: Polyline, right: Polyline): Polyline {
  const ring = [...left]
  for (let i = right.length - 3; i >= 0; i -= 3) ring.push(right[i], right[i + 1], right[i + 2])
  return Float64Array.from(ring)
}

/** The line moved to its left by `offset` metres: each vertex along the mean of its two edges' normals. */
function shifted(line: Polyline, offset: number): Polyline {
  if (offset === 0) return line
  const out = line.slice()
  const last = line.length - 3
  for (let i = 0; i <= last; i += 3) {
    let [nx, ny] = [0, 0]
    for (const from of [i - 3, i]) {
      if (from < 0 || from >= last) continue
      const [dx, dy] = [line[from + 3] - line[from], line[from + 4] - line[from + 1]]
      const length = Math.hypot(dx, dy)
      if (length === 0) continue
      nx -= dy / length
      ny += dx / length
    }
    const length = Math.hypot(nx, ny)
    if (length === 0) continue
    out[i] += (offset * nx) / length
    out[i + 1] += (offset * ny) / length
  }
  return out
}
