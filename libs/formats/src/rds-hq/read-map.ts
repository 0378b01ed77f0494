import type { Lane, LaneLine, LanePaint, MapElement, MissingPart } from '@virga/scenario'
import { eachTarMember } from '../tar/read-tar.ts'
import { cuboidOf } from './cuboid.ts'
import type { Fail } from './fail.ts'
import { memberName } from './frames.ts'
import { isObject, own, points, shown } from './json.ts'
import { type MapLabel, parseLabels, textOf, wordsOf } from './labels.ts'
import { limits } from './limits.ts'
import { laneUses, type MapLayer, paintOfWords } from './tables/index.ts'

export interface LayerContent {
  readonly elements: readonly MapElement[]
  /** What was left out or kept with a reserve. */
  readonly notes: readonly MissingPart[]
}

/** Reads the tar of one map layer. @throws VirgaError VIRGA_BAD_INPUT naming tar, label and field */
export async function readLayer(file: string, clip: string, layer: MapLayer): Promise<LayerContent> {
  const labels: MapLabel[] = []
  let members = 0
  await eachTarMember(file, limits.jsonBytes, (name, bytes) => {
    const key = memberName(file, clip, name)?.key
    if (key === undefined || (key !== layer.member && key !== layer.alsoMember)) return
    members += 1
    labels.push(...parseLabels(bytes, { file, record: name }))
  })
  const content = elementsOf(labels, layer)
  if (members > 0) return content
  return { elements: [], notes: [{ part: 'map', detail: `${layer.folder}/<clip>.tar has no member ${layer.member}` }] }
}

/** The elements of a layer. Those without extent (a line of no length, a face of fewer than three vertices) are left out and counted. */
export function elementsOf(labels: readonly MapLabel[], layer: MapLayer): LayerContent {
  const left: string[] = []
  const unordered: string[] = []
  const elements = labels.flatMap((label): MapElement[] => {
    const made = elementOf(label, layer)
    if (made === undefined) left.push(label.id)
    if (made?.isBox === false) unordered.push(label.id)
    return made === undefined ? [] : [made.element]
  })
  const note = (ids: readonly string[], what: string): MissingPart[] =>
    ids.length === 0
      ? []
      : [{ part: 'map', detail: `${layer.folder}: ${ids.length} of ${labels.length} ${what} (${ids.slice(0, 3).join(', ')})` }]
  return {
    elements,
    notes: [
      ...note(left, 'elements without extent are left out'),
      ...note(unordered, 'cuboids are no boxes: their corners stand as in the file'),
    ],
  }
}

function elementOf(label: MapLabel, layer: MapLayer): { element: MapElement; isBox?: boolean } | undefined {
  const { id, shape, attributes, fail } = label
  const sourceType = layer.type === undefined ? undefined : textOf(attributes.get(layer.type.name))
  const common = { id, ...(sourceType === undefined ? {} : { sourceType }), sourceAttributes: [...attributes.values()] }
  switch (layer.kind) {
    case 'lane-line': {
      const line = lineOf(label)
      return line && { element: { kind: 'lane-line', ...common, line, ...paintOf(label) } }
    }
    case 'lane': {
      const element = laneOf(label, common)
      return element && { element }
    }
    case 'road-boundary':
    case 'wait-line':
    case 'pole': {
      const line = lineOf(label)
      return line && { element: { kind: layer.kind, ...common, line } }
    }
    case 'crosswalk':
    case 'road-marking': {
      const ring = openRing(points(vertices(own(shape, 'surface'), fail, 'surface'), fail, 'surface.vertices'))
      return ring.length < 9 ? undefined : { element: { kind: layer.kind, ...common, ring } }
    }
    case 'traffic-light':
    case 'traffic-sign': {
      const { corners, isBox } = cuboidOf(own(shape, 'cuboid3d'), fail)
      return { element: { kind: layer.kind, ...common, corners }, isBox }
    }
  }
}

function vertices(shape: unknown, fail: Fail, field: string): unknown {
  return isObject(shape) ? own(shape, 'vertices') : fail(`${field} is ${shown(shape)}`, field, 'an object with vertices')
}

/** Undefined for a line of no length. */
function lineOf({ shape, fail }: MapLabel): Float64Array | undefined {
  return withLength(points(vertices(own(shape, 'polyline3d'), fail, 'polyline3d'), fail, 'polyline3d.vertices'))
}

function withLength(line: Float64Array): Float64Array | undefined {
  return line.some((value, i) => i >= 3 && value !== line[i % 3]) ? line : undefined
}

/** Without a last vertex that repeats the first. */
function openRing(ring: Float64Array): Float64Array {
  const last = ring.length - 3
  return last >= 9 && [0, 1, 2].every((axis) => ring[axis] === ring[last + axis]) ? ring.slice(0, last) : ring
}

/** Paint per vertex; none where an attribute is missing or empty, which NVIDIA's renderers draw as a type of its own. */
function paintOf({ attributes }: MapLabel): Pick<LaneLine, 'colour' | 'pattern' | 'paints' | 'sourceType'> {
  const colours = wordsOf(attributes.get('colors')) ?? []
  const styles = wordsOf(attributes.get('styles')) ?? []
  const paints: LanePaint[] = styles.slice(0, colours.length).map((style, i) => paintOfWords(colours[i], style))
  if (paints.length === 0) return { colour: 'other', pattern: 'other', paints }
  return { ...paints[0], paints, sourceType: `${colours[0]} ${styles[0]}` }
}

/** Undefined for a lane that has not two rails with a length. */
function laneOf({ shape, attributes, fail }: MapLabel, common: Pick<Lane, 'id' | 'sourceAttributes'>): Lane | undefined {
  const outer = own(shape, 'polylines3d')
  const lines = isObject(outer) ? own(outer, 'polylines') : undefined
  if (!Array.isArray(lines)) return fail(`polylines3d is ${shown(outer)}`, 'polylines3d.polylines', 'the left and the right rail')
  const rails = lines.map((line: unknown, i) => {
    const field = `polylines3d.polylines[${i}]`
    return withLength(points(vertices(line, fail, field), fail, `${field}.vertices`))
  })
  const [left, right] = rails
  if (rails.length !== 2 || left === undefined || right === undefined) return undefined
  const ids = (name: string): string[] => wordsOf(attributes.get(name)) ?? []
  const id = (name: string): string | undefined => [textOf(attributes.get(name))].find((text) => text !== '' && text !== '-1')
  const [leftNeighbour, rightNeighbour] = [id('left_lane_id'), id('right_lane_id')]
  const [leftLine, rightLine] = [ids('left_boundary_component_line_ids')[0], ids('right_boundary_component_line_ids')[0]]
  const use = ids('vehicle_types')[0] ?? 'CAR'
  return {
    kind: 'lane',
    ...common,
    left,
    right,
    use: Object.hasOwn(laneUses, use) ? laneUses[use] : 'other',
    isIntersection: isIntersection(attributes),
    predecessors: ids('previous_lane_ids'),
    successors: ids('next_lane_ids'),
    ...(leftNeighbour === undefined ? {} : { leftNeighbour }),
    ...(rightNeighbour === undefined ? {} : { rightNeighbour }),
    ...(leftLine === undefined ? {} : { leftLine }),
    ...(rightLine === undefined ? {} : { rightLine }),
  }
}

/** A flag of this project's writer; released clips tell it by the direction alone: lanes through a junction are LEFT_TURN, STRAIGHT_TURN, ... */
function isIntersection(attributes: MapLabel['attributes']): boolean {
  const flag = attributes.get('is_intersection')
  if (flag !== undefined) return own(flag, 'flag') === true
  return textOf(attributes.get('lane_direction'))?.endsWith('_TURN') ?? false
}
