import type { Lane, LaneLine, MapElement } from '@virga/scenario'
import { edgeWords, laneUses, type MapLayer, paintOfWords, type PaintWords, typeWordOf, wordsOfPaint } from './tables/index.ts'
import type { ClipWindow } from './write-clip-window.ts'
import type { LinesById } from './write-map.ts'

interface Attribute {
  readonly name: string
  readonly [value: string]: unknown
}

interface Context {
  readonly clip: ClipWindow
  readonly lines: LinesById
  /** Whether the scenario was read from a clip of this format, so that its words go back as they are. */
  readonly isOwnFormat: boolean
}

const enums = (name: string, words: readonly string[]): Attribute => ({ name, enumsList: words.length > 0 ? { enumsList: words } : {} })
const texts = (name: string, words: readonly string[]): Attribute => ({ name, textList: words.length > 0 ? { textList: words } : {} })

/**
 * The attributes of an element: what the scenario says in its own terms, and, for an element that was read from this format, the source's
 * other attributes as they were.
 */
export function attributesOf(element: MapElement, layer: MapLayer, context: Context): Attribute[] {
  const { clip, isOwnFormat } = context
  const own: Attribute[] = [
    { name: 'coordinate_frame', text: 'rig' },
    { name: 'timestamp', text: `${clip.startUs}` },
    { name: 'feature_id', text: element.id },
    { name: 'label_name', enum: layer.labelName },
  ]
  const type = typeWordOf(element, isOwnFormat)
  if (layer.type !== undefined && type !== undefined) own.push({ name: layer.type.name, [layer.type.as]: type })
  if (element.kind === 'lane-line') own.push(...paintAttributes(element, isOwnFormat))
  if (element.kind === 'lane') own.push(...laneAttributes(element))
  const source = isOwnFormat ? (element.sourceAttributes ?? []).filter(isAttribute) : []
  const derived = element.kind === 'lane' ? edgeAttributes(element, context) : []
  if (element.kind === 'wait-line') derived.push({ name: 'is_implicit', flag: false })
  // What is derived here from other elements counts only where the source does not state it.
  return [...new Map([...derived, ...source, ...own].map((attribute) => [attribute.name, attribute])).values()]
}

/** One colour and one style word for each vertex; the source's own words where they still say what the line says. */
function paintAttributes(line: LaneLine, isOwnFormat: boolean): Attribute[] {
  const paints = line.paints ?? Array.from({ length: line.line.length / 3 }, () => ({ colour: line.colour, pattern: line.pattern }))
  if (paints.length === 0) return []
  const [colours, styles] = isOwnFormat ? ['colors', 'styles'].map((name) => sourceWords(line, name)) : []
  const words = paints.map((paint, i): PaintWords => {
    const [colour, style] = [colours?.[i], styles?.[i]]
    if (colour !== undefined && style !== undefined) {
      const said = paintOfWords(colour, style)
      if (said.colour === paint.colour && said.pattern === paint.pattern) return { colour, style }
    }
    return wordsOfPaint(paint) ?? { colour: 'OTHER', style: 'OTHER' }
  })
  return [
    enums(
      'colors',
      words.map(({ colour }) => colour),
    ),
    enums(
      'styles',
      words.map(({ style }) => style),
    ),
  ]
}

function sourceWords({ sourceAttributes = [] }: LaneLine, wanted: string): readonly string[] | undefined {
  const attribute = sourceAttributes.filter(isAttribute).find(({ name }) => name === wanted)
  const list = (attribute?.enumsList as { enumsList?: unknown } | undefined)?.enumsList
  return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined
}

function laneAttributes(lane: Lane): Attribute[] {
  return [
    { name: 'left_lane_id', text: lane.leftNeighbour ?? '-1' },
    { name: 'right_lane_id', text: lane.rightNeighbour ?? '-1' },
    texts('previous_lane_ids', lane.predecessors),
    texts('next_lane_ids', lane.successors),
  ]
}

/** What is painted on a lane's rails, vertex by vertex, and who may use it. */
function edgeAttributes(lane: Lane, { lines, isOwnFormat }: Context): Attribute[] {
  const edge = (side: 'left' | 'right', id: string | undefined): Attribute[] => {
    const { colour, style } = edgeWords(id === undefined ? undefined : lines.get(id))
    const vertices = lane[side].length / 3
    return [
      enums(`${side}_edge_colors`, new Array<string>(vertices).fill(colour)),
      enums(`${side}_edge_styles`, new Array<string>(vertices).fill(style)),
      texts(`${side}_boundary_component_line_ids`, style === 'VIRTUAL' || id === undefined ? [] : [id]),
    ]
  }
  const use = Object.entries(laneUses).find(([, name]) => name === lane.use)?.[0] ?? 'OTHER'
  // Released clips tell an intersection by the lane's direction; this flag is the writer's own.
  const crossing = lane.isIntersection && !isOwnFormat ? [{ name: 'is_intersection', flag: true }] : []
  return [...edge('left', lane.leftLine), ...edge('right', lane.rightLine), enums('vehicle_types', [use]), ...crossing]
}

function isAttribute(value: unknown): value is Attribute {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
}
