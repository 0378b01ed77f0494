import { VirgaError } from '@virga/errors'
import {
  addVec,
  angleBetweenQuats,
  composePose,
  defaultTrackGapUs,
  lengthVec,
  nearestIndex,
  poseAt,
  poseOfSample,
  poseToMat4,
  scaleVec,
  type Scenario,
  subVec,
  type Track,
  trackBoxAt,
  type TrackBox,
  type Vec3,
} from '@virga/scenario'
import { objectTypes, typeOfClass } from './tables/index.ts'
import { type ClipWindow, frameName, halfKeyStepUs, keyFrames } from './write-clip-window.ts'

/** An object moves above this speed, metres per second (NVIDIA's Waymo converter), measured over `speedWindowUs`. */
const movingSpeed = 0.2
/** Labels jitter by centimetres from frame to frame, so speed is taken over a whole second. */
const speedWindowUs = 1_000_000
/** How far the boxes of a standing object may lie from their mean, metres, and turn from one another, radians: averaging may change labels so much. */
const standingReach = 0.2
const standingTurn = 0.1

interface ObjectInfo {
  readonly object_to_world: readonly (readonly number[])[]
  readonly object_lwh: Vec3
  readonly object_is_moving: boolean
  readonly object_type: string
}

/** The boxes of every key frame, laid out before they are written, and what could not be told. */
export interface ClipObjects {
  /** Frame number and the objects of that frame by track id. */
  readonly frames: readonly (readonly [number, Readonly<Record<string, ObjectInfo>>])[]
  readonly boxes: number
  /** Number of tracks by "category -> object_type", where the word is not the source's own. */
  readonly renamed: ReadonlyMap<string, number>
}

/**
 * The tracks of a scenario at the key frames of a clip, boxes interpolated there, in the clip's world.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for two tracks of one id, which the format cannot tell apart
 */
export function clipObjects(scenario: Scenario, clip: ClipWindow): ClipObjects {
  const frames = keyFrames(clip).map((frame): [number, Record<string, ObjectInfo>] => [frame, {}])
  const renamed = new Map<string, number>()
  const seen = new Set<string>()
  let boxes = 0
  for (const track of scenario.tracks) {
    if (seen.has(track.id)) {
      throw new VirgaError('VIRGA_BAD_INPUT', 'two tracks have the same id', { record: track.id, expected: 'ids that differ' })
    }
    seen.add(track.id)
    const type = typeWordOf(track, scenario.origin.format)
    const found = frames.flatMap(([frame, objects]) => {
      const box = boxAt(track, clip.timesUs[frame])
      return box === undefined ? [] : [{ objects, box, timeUs: clip.timesUs[frame] }]
    })
    if (found.length > 0 && type !== track.sourceCategory) {
      const change = `${track.sourceCategory} -> ${type}`
      renamed.set(change, (renamed.get(change) ?? 0) + 1)
    }
    const moving = track.moving === undefined ? movingAt(track, found) : found.map(({ box }) => box.moving === true)
    for (const [i, { objects, box }] of found.entries()) {
      const m = poseToMat4(composePose(clip.world_to_clip, box.object_to_world))
      objects[track.id] = {
        object_to_world: [0, 1, 2, 3].map((row) => Array.from(m.subarray(4 * row, 4 * row + 4))),
        object_lwh: box.size,
        object_is_moving: moving[i],
        object_type: type,
      }
    }
    boxes += found.length
  }
  return { frames, boxes, renamed }
}

/** What a reader of the boxes does not get. */
export function lostOfObjects({ renamed }: ClipObjects): string[] {
  const changes = [...renamed].map(([change, tracks]) => `${change} (${tracks})`)
  return changes.length > 0 ? [`the source's category words, by number of tracks: ${changes.join(', ')}`] : []
}

/**
 * The box of a track at a key frame. Labels at 10 Hz hardly ever lie on the clip's own key frames, so the first and last of a track stand for the
 * key frame nearest to them, moved there at the track's velocity: cut off, a track would lose a tenth of a second at either end.
 */
function boxAt(track: Track, timeUs: number): TrackBox | undefined {
  const box = trackBoxAt(track, timeUs)
  if (box !== undefined) return box
  const { trajectory, sizes, moving } = track
  const { timesUs } = trajectory
  const near = nearestIndex(timesUs, timeUs)
  const awayUs = timeUs - timesUs[near]
  if (Math.abs(awayUs) > halfKeyStepUs) return undefined
  const { rotation, translation } = poseOfSample(trajectory, near)
  const beyond = awayUs > 0 ? near - 1 : near + 1
  const stepUs = timesUs[near] - timesUs[beyond]
  const hasVelocity = beyond >= 0 && beyond < timesUs.length && Math.abs(stepUs) <= (track.maxGapUs ?? defaultTrackGapUs)
  const way = hasVelocity
    ? scaleVec(subVec(translation, poseOfSample(trajectory, beyond).translation), awayUs / stepUs)
    : ([0, 0, 0] as const)
  return {
    object_to_world: { rotation, translation: addVec(translation, way) },
    size: [sizes[3 * near], sizes[3 * near + 1], sizes[3 * near + 2]],
    ...(moving === undefined ? {} : { moving: moving[near] === 1 }),
  }
}

/** `all_object_info`: one JSON for each key frame. */
export function* objectMembers({ frames }: ClipObjects, clip: ClipWindow): Generator<readonly [string, Uint8Array]> {
  for (const [frame, objects] of frames) {
    yield [`${clip.id}.${frameName(frame)}.all_object_info.json`, Buffer.from(JSON.stringify(objects))]
  }
}

/** The source's own word where it is one of the format's, or comes from a clip of this format. */
function typeWordOf({ class: name, sourceCategory }: Track, format: Scenario['origin']['format']): string {
  return format === 'rds-hq' || Object.hasOwn(objectTypes, sourceCategory) ? sourceCategory : typeOfClass[name]
}

/**
 * Whether an object moves, for a source that does not say: by its speed. A reader of this format averages all boxes of a track that do not
 * move into one, so an object counts as moving throughout where that would change its labels: one that stands in two places, or drifts.
 */
function movingAt(track: Track, found: readonly { timeUs: number; box: TrackBox }[]): boolean[] {
  const moving = found.map(({ timeUs }) => speedAt(track, timeUs) > movingSpeed)
  const standing = found.flatMap(({ box }, i) => (moving[i] ? [] : [box.object_to_world]))
  if (standing.length === 0) return moving
  const sum = standing.reduce<Vec3>((total, { translation }) => addVec(total, translation), [0, 0, 0])
  const mean = scaleVec(sum, 1 / standing.length)
  const keepsPlace = standing.every(({ translation, rotation }) => {
    return lengthVec(subVec(translation, mean)) <= standingReach && angleBetweenQuats(rotation, standing[0].rotation) <= standingTurn
  })
  return keepsPlace ? moving : moving.fill(true)
}

/** Metres per second over a second around a time, or over what there is of the track. */
function speedAt({ trajectory }: Track, timeUs: number): number {
  const { timesUs } = trajectory
  const from = Math.max(timesUs[0], timeUs - speedWindowUs / 2)
  const to = Math.min(timesUs[timesUs.length - 1], timeUs + speedWindowUs / 2)
  if (to <= from) return 0
  const path = subVec(poseAt(trajectory, to).translation, poseAt(trajectory, from).translation)
  return (lengthVec(path) * 1e6) / (to - from)
}
