import type { CameraModel } from './camera/types.ts'
import type { MapElement } from './map-element.ts'
import type { MissingPart, Scenario } from './scenario.ts'

/** What a scenario holds, as plain JSON. */
export interface ScenarioSummary {
  readonly id: string
  readonly format: string
  readonly uri: string
  readonly licence: string | null
  readonly region: string | null
  /** First and last moment of the ego poses, integer microseconds. */
  readonly startUs: number
  readonly endUs: number
  readonly durationSeconds: number
  readonly egoPoses: number
  /** Length of the ego path, metres. */
  readonly egoPathMetres: number
  readonly frames: { readonly images: number; readonly sweeps: number; readonly labelled: number }
  readonly cameras: readonly CameraSummary[]
  readonly lidars: readonly string[]
  /** Number of map elements by kind, and of drivable areas. */
  readonly map: Readonly<Record<string, number>>
  /** Number of lane lines by colour and pattern, for instance "white long-dashed". */
  readonly laneLines: Readonly<Record<string, number>>
  readonly tracks: {
    readonly total: number
    readonly boxes: number
    readonly byClass: Readonly<Record<string, { readonly tracks: number; readonly boxes: number }>>
  }
  readonly sweeps: SeriesSummary | null
  /** Names of the wordings in which the source describes the scene. */
  readonly captions: readonly string[]
  /** Number of traffic lights whose state is known. */
  readonly litLights: number
  readonly missing: readonly MissingPart[]
}

export interface CameraSummary {
  readonly name: string
  readonly model: CameraModel['kind']
  readonly width: number
  readonly height: number
  /** Null where the log has no images of this camera. */
  readonly images: SeriesSummary | null
  /** Whether the source states the camera's pose frame by frame, or its place on the vehicle. */
  readonly placed: 'by-frame' | 'on-vehicle'
  /** Whether the source has a mask of the own vehicle in its image. */
  readonly masked: boolean
}

export interface SeriesSummary {
  readonly count: number
  readonly firstUs: number
  readonly lastUs: number
  /** Mean rate between the first and the last; null for a single one. */
  readonly hertz: number | null
}

/** Summarises a scenario without loading an image or a sweep. */
export function inspectScenario(scenario: Scenario): ScenarioSummary {
  const { origin, tracks, rig, images, map } = scenario
  const labelled = new Set<number>()
  for (const track of tracks) for (const time of track.trajectory.timesUs) labelled.add(time)
  const boxes = (list: Scenario['tracks']): number => list.reduce((sum, track) => sum + track.trajectory.timesUs.length, 0)
  const classes = Object.entries(Object.groupBy(tracks, (track) => track.class))
  const sortedClasses = classes.map(([name, list = []]) => [name, { tracks: list.length, boxes: boxes(list) }] as const)
  sortedClasses.sort(([a, x], [b, y]) => y.tracks - x.tracks || a.localeCompare(b))
  const lines = map.filter((element): element is Extract<MapElement, { kind: 'lane-line' }> => element.kind === 'lane-line')
  const areas = scenario.drivableAreas?.length ?? 0
  return {
    id: scenario.id,
    format: origin.format,
    uri: origin.uri,
    licence: origin.licence ?? null,
    region: origin.region ?? null,
    startUs: scenario.startUs,
    endUs: scenario.endUs,
    durationSeconds: (scenario.endUs - scenario.startUs) / 1e6,
    egoPoses: scenario.ego.timesUs.length,
    egoPathMetres: pathLength(scenario.ego.translations),
    frames: {
      images: [...images.values()].reduce((sum, frames) => sum + frames.timesUs.length, 0),
      sweeps: scenario.sweeps.length,
      labelled: labelled.size,
    },
    cameras: rig.cameras.map(({ name, model, width, height, camera_to_world }) => ({
      name,
      model: model.kind,
      width,
      height,
      images: seriesOf(images.get(name)?.timesUs ?? []),
      placed: camera_to_world === undefined ? 'on-vehicle' : 'by-frame',
      masked: scenario.vehicleMasks?.has(name) ?? false,
    })),
    lidars: rig.lidars.map((lidar) => lidar.name),
    map: { ...countBy(map.map((element) => element.kind)), ...(areas > 0 ? { 'drivable-area': areas } : {}) },
    laneLines: countBy(lines.map((line) => `${line.colour} ${line.pattern}`)),
    tracks: { total: tracks.length, boxes: boxes(tracks), byClass: Object.fromEntries(sortedClasses) },
    sweeps: seriesOf(scenario.sweeps.map((sweep) => sweep.timeUs)),
    captions: Object.keys(scenario.captions ?? {}),
    litLights: map.filter((element) => element.kind === 'traffic-light' && element.states !== undefined).length,
    missing: scenario.missing,
  }
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function seriesOf(timesUs: ArrayLike<number>): SeriesSummary | null {
  const count = timesUs.length
  if (count === 0) return null
  const [firstUs, lastUs] = [timesUs[0], timesUs[count - 1]]
  return { count, firstUs, lastUs, hertz: lastUs > firstUs ? ((count - 1) * 1e6) / (lastUs - firstUs) : null }
}

function pathLength(xyz: Float64Array): number {
  let length = 0
  for (let i = 3; i < xyz.length; i += 3) length += Math.hypot(xyz[i] - xyz[i - 3], xyz[i + 1] - xyz[i - 2], xyz[i + 2] - xyz[i - 1])
  return length
}
