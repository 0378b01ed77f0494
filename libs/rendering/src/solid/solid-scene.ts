import { type LaneLine, type MapElement, type Scenario, type TrafficLight, type TrafficSign, upperBound, type Vec3 } from '@virga/scenario'
import { boxTriangles } from './boxes.ts'
import { constrainedDelaunay, delaunay } from './delaunay.ts'
import type { AreaLayer, CuboidLayer, LampState, LaneLineLayer, PaintLook, Rgb, SolidDescription } from './description.ts'
import { localVertices, sphereAround, type StrokeLine, StrokeSet } from './stroke-set.ts'
import { sampleRing } from './subdivide.ts'
import { packRgb } from './triangle-list.ts'

/** A filled shape of the map, metres in the local frame. */
export interface Shape {
  readonly points: Float64Array
  /** Three point numbers per triangle. */
  readonly triangles: readonly number[]
  readonly centre: Vec3
  readonly radius: number
  /** As `packRgb` gives it; by state for a light. */
  readonly colourAt: (timeUs: number) => number
}

export type SceneLayer =
  { readonly draw: 'strokes'; readonly lines: readonly StrokeLine[] } | { readonly draw: 'shapes'; readonly shapes: readonly Shape[] }

/** What of a scenario a style draws and never changes: prepared once, for all cameras. */
export interface SolidScene {
  readonly origin: Vec3
  readonly strokes: StrokeSet
  /** Per layer of the description; undefined for boxes, which move. */
  readonly layers: readonly (SceneLayer | undefined)[]
}

const kept = new WeakMap<SolidDescription, WeakMap<Scenario, SolidScene>>()

/** The scene of a scenario in a style, made the first time it is asked for. */
export function solidScene(scenario: Scenario, description: SolidDescription): SolidScene {
  const ofStyle = kept.get(description) ?? new WeakMap<Scenario, SolidScene>()
  kept.set(description, ofStyle)
  const scene = ofStyle.get(scenario) ?? buildScene(scenario, description)
  ofStyle.set(scenario, scene)
  return scene
}

function buildScene({ map, ego }: Scenario, { layers }: SolidDescription): SolidScene {
  const [x = 0, y = 0, z = 0] = ego.translations
  const origin: Vec3 = [x, y, z]
  const strokes = new StrokeSet()
  const strokesOf = (add: () => void): SceneLayer => {
    const first = strokes.lines.length
    add()
    return { draw: 'strokes', lines: strokes.lines.slice(first) }
  }
  const built = layers.map((layer): SceneLayer | undefined => {
    switch (layer.draw) {
      case 'lane-lines':
        return strokesOf(() => {
          for (const element of map) if (element.kind === 'lane-line') addLaneLine(strokes, element, layer, origin)
        })
      case 'lines':
        return strokesOf(() => {
          const look = { colour: packRgb(layer.rgb), width: layer.width }
          for (const element of map) if (element.kind === layer.of) strokes.add(element.line, origin, layer.spacing, {}, look)
        })
      case 'areas':
        return { draw: 'shapes', shapes: map.flatMap((element) => areaOf(element, layer, origin)) }
      case 'cuboids':
        return { draw: 'shapes', shapes: map.flatMap((element) => cuboidOf(element, layer, origin)) }
      case 'boxes':
        return undefined
    }
  })
  return { origin, strokes, layers: built }
}

function addLaneLine(set: StrokeSet, line: LaneLine, layer: LaneLineLayer, origin: Vec3): void {
  const { rgb, times = 1, strokes } = lookOf(line, layer)
  if (line.pattern === 'none') return
  for (const stroke of strokes) set.add(line.line, origin, layer.spacing, stroke, { colour: packRgb(rgb), width: layer.width * times })
}

/** How a lane line is drawn by what its source states. */
export function lookOf({ paints, colour, pattern }: LaneLine, { looks, other, unstated = other, paint }: LaneLineLayer): PaintLook {
  if (paints?.length === 0) return unstated
  if (paints === undefined || paint === 'first') return looks[`${colour} ${pattern}`] ?? other
  const counts = new Map<string, number>()
  for (const each of paints) {
    const key = `${each.colour} ${each.pattern}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  // The first of those that come equally often.
  const [most] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))
  return looks[most as keyof typeof looks] ?? other
}

function areaOf(element: MapElement, { of, rgb, fill, spacing }: AreaLayer, origin: Vec3): Shape[] {
  if (element.kind !== of) return []
  const points = localVertices(spacing === undefined ? element.ring : sampleRing(element.ring, spacing), origin)
  if (points.length < 9 || !points.every(Number.isFinite)) return []
  const flat = Array.from({ length: (points.length / 3) * 2 }, (_, i) => points[(i >> 1) * 3 + (i & 1)])
  const colour = packRgb(rgb)
  const triangles = { ears: constrainedDelaunay, hull: delaunay, fan: fanOf }[fill](flat)
  return [{ points, triangles, ...sphereAround(points), colourAt: () => colour }]
}

const fanOf = (points: ArrayLike<number>): number[] => Array.from({ length: (points.length >> 1) - 2 }, (_, i) => [0, i + 1, i + 2]).flat()

/** The fan over the path 0 1 2 3 0 4 5 6 7 4 5 1 2 6 7 3 of a box's corners, without triangles that come twice or have no area. */
const pathTriangles = [0, 1, 2, 0, 2, 3, 0, 4, 5, 0, 5, 6, 0, 6, 7, 0, 7, 4, 0, 5, 1, 0, 2, 6, 0, 7, 3]

function cuboidOf(element: MapElement, { of, rgb, faces }: CuboidLayer, origin: Vec3): Shape[] {
  if (element.kind !== of) return []
  const { corners } = element
  const points = localVertices(corners, origin)
  if (points.length !== 24 || !points.every(Number.isFinite)) return []
  const triangles = faces === 'solid' ? boxTriangles.flat() : pathTriangles
  return [{ points, triangles, ...sphereAround(points), colourAt: lampColour(element, rgb) }]
}

function lampColour(element: TrafficSign | TrafficLight, rgb: CuboidLayer['rgb']): (timeUs: number) => number {
  if (!isPerState(rgb)) {
    const colour = packRgb(rgb)
    return () => colour
  }
  const states = element.kind === 'traffic-light' ? element.states : undefined
  return (timeUs) => {
    const index = states === undefined ? -1 : upperBound(states.timesUs, timeUs) - 1
    return packRgb(rgb[states?.state[index] ?? 'unknown'])
  }
}

const isPerState = (rgb: CuboidLayer['rgb']): rgb is Readonly<Record<LampState, Rgb>> => !Array.isArray(rgb)
