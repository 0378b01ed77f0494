import { type LaneLine, type MapElement, type MissingPart, type Polyline, type Scenario, transformPoints } from '@virga/scenario'
import { attributesOf } from './write-attributes.ts'
import { isKnownPaint, type MapLayer, mapLayers, wordsOfPaint } from './tables/index.ts'
import type { ClipWindow } from './write-clip-window.ts'

/** A layer's file as the clip has it: one label for each element, or one that says that there is none. */
export interface LayerFile {
  readonly folder: string
  readonly member: string
  readonly bytes: Uint8Array
}

/** The vector map as the format's nine layers, vertices in the clip's world; a layer without elements is written as empty. */
export function* layerFiles(scenario: Scenario, clip: ClipWindow): Generator<LayerFile> {
  const lines = new Map(scenario.map.flatMap((element) => (element.kind === 'lane-line' ? [[element.id, element] as const] : [])))
  for (const layer of mapLayers) {
    const elements = scenario.map.filter((element) => element.kind === layer.kind && isWritten(element))
    const labels = elements.map((element, index) => ({
      ...labelHead(layer, clip, index, 'SHAPE3D'),
      labelData: {
        shape3d: {
          attributes: attributesOf(element, layer, { clip, lines, isOwnFormat: scenario.origin.format === 'rds-hq' }),
          unit: 'METRIC',
          ...shapeOf(element, clip),
        },
      },
      timestampMicroseconds: `${clip.startUs}`,
    }))
    const empty = { ...labelHead(layer, clip, 0, 'EMPTY'), labelData: { emptyLabel: true }, timestampMicroseconds: `${clip.startUs}` }
    const json = JSON.stringify({ labels: labels.length > 0 ? labels : [empty] })
    yield { folder: layer.folder, member: `${clip.id}.${layer.member}`, bytes: Buffer.from(json) }
  }
}

/** A line that is not painted has no place among the lane lines, nor has a line of one point. */
function isWritten(element: MapElement): boolean {
  if (element.kind === 'lane-line' && wordsOfPaint(element) === undefined) return false
  return pointsOf(element).every((line) => line.length > 0 && (line.length > 3 || !('line' in element)))
}

function labelHead(layer: MapLayer, clip: ClipWindow, index: number, labelFamily: 'SHAPE3D' | 'EMPTY'): object {
  return {
    labelFamily,
    assetRef: { sessionId: clip.session, sensorName: 'virga', frames: { frames: [0] } },
    labelClassKey: { labelClassNamespace: 'minimap', labelClassIdentifier: `${layer.labelClass}:autolabels`, labelClassVersion: 'v0' },
    labelId: `virga:${clip.session}:${layer.labelClass}:${String(index).padStart(6, '0')}`,
  }
}

function pointsOf(element: MapElement): readonly Polyline[] {
  if (element.kind === 'lane') return [element.left, element.right]
  if ('line' in element) return [element.line]
  return ['ring' in element ? element.ring : element.corners]
}

function shapeOf(element: MapElement, clip: ClipWindow): object {
  const polylines = pointsOf(element).map((line) => ({ vertices: verticesOf(line, clip) }))
  if (element.kind === 'lane') return { polylines3d: { polylines } }
  if ('line' in element) return { polyline3d: polylines[0] }
  return 'ring' in element ? { surface: polylines[0] } : { cuboid3d: polylines[0] }
}

function verticesOf(line: Polyline, { world_to_clip }: ClipWindow): number[][] {
  const local = transformPoints(world_to_clip, line)
  return Array.from({ length: local.length / 3 }, (_, i) => [local[3 * i], local[3 * i + 1], local[3 * i + 2]])
}

/** What of the map the format cannot say, counted. */
export function lostOfMap(scenario: Scenario): MissingPart[] {
  const counts = new Map<string, number>()
  const count = (what: string, number = 1): unknown => number > 0 && counts.set(what, (counts.get(what) ?? 0) + number)
  count('drivable areas; their outline is in the road boundaries where the map has it', scenario.drivableAreas?.length ?? 0)
  if (scenario.loadGroundHeight !== undefined) count('ground height raster')
  for (const element of scenario.map) {
    if (element.kind !== 'lane-line') {
      if (!isWritten(element)) count(`${element.kind} elements of less than two points`)
      continue
    }
    const words = wordsOfPaint(element)
    if (words === undefined) count('lane lines that are not painted')
    else if (!isWritten(element)) count('lane-line elements of less than two points')
    else if (!words.exact) count(`lane lines "${element.colour} ${element.pattern}", written as ${words.colour} ${words.style}`)
    else if (!isKnownPaint(words))
      count(`lane lines keep "${words.colour} ${words.style}", which NVIDIA's renderers draw as an unknown type`)
  }
  return [...counts].map(([what, number]) => ({ part: 'map', detail: `${number} ${what}` }))
}

export type LinesById = ReadonlyMap<string, LaneLine>
