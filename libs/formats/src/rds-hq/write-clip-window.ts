import { createHash } from 'node:crypto'
import { VirgaError } from '@virga/errors'
import { frameOffsetUs, framesPerKey, framesPerSecond } from './layout.ts'
import { identityPose, invertPose, type Micros, type Pose, poseAt, type Scenario } from '@virga/scenario'

/** What lies at most so far from a key frame can stand for it, microseconds. */
export const halfKeyStepUs = (framesPerKey * 1e6) / framesPerSecond / 2

/** The piece of a scenario that becomes one clip. */
export interface ClipWindow {
  /** `<session uuid>_<first microsecond>_<microsecond after the last frame>` */
  readonly id: string
  readonly session: string
  readonly startUs: Micros
  /** Times of the 30 Hz frames. */
  readonly timesUs: readonly Micros[]
  /** The clip's world is the vehicle frame at its start. */
  readonly world_to_clip: Pose
}

export interface WindowOptions {
  /** Id of the clip instead of the one that follows from the scenario. */
  readonly clip?: string
  /** Seconds after the scenario's start; default 0. */
  readonly startSeconds?: number
  /** Length; default: to the end of the ego poses. */
  readonly seconds?: number
}

const clipId = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d+)_(\d+)$/
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Lays the 30 Hz frames of a clip over a scenario.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a start outside the scenario; VIRGA_USAGE for a clip id of another form
 */
export function clipWindow(scenario: Scenario, options: WindowOptions = {}): ClipWindow {
  const { startSeconds = 0, seconds = Infinity } = options
  const startUs = scenario.startUs + Math.round(startSeconds * 1e6)
  if (!(startUs >= scenario.startUs && startUs <= scenario.endUs)) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `the drive has nothing at ${startSeconds} s`, {
      expected: `a start from 0 to ${((scenario.endUs - scenario.startUs) / 1e6).toFixed(2)} s`,
    })
  }
  if (!(seconds > 0)) throw new VirgaError('VIRGA_OUT_OF_RANGE', `a clip of ${seconds} s`, { expected: 'more than 0 s' })
  // An id of this format keeps its end, which in released clips lies beyond the last frame, as long as the clip is the whole.
  const own = clipId.exec(scenario.id)
  const timeOf = (frame: number): Micros => startUs + frameOffsetUs(frame)
  const timesUs: Micros[] = []
  const most = Math.max(1, Math.round(seconds * framesPerSecond))
  while (timesUs.length < most && timeOf(timesUs.length) <= scenario.endUs) timesUs.push(timeOf(timesUs.length))
  const session = own?.[1] ?? (uuid.test(scenario.id) ? scenario.id : uuidOf(scenario.id))
  const isWhole = own !== null && Number(own[2]) === startUs && timeOf(timesUs.length) > scenario.endUs
  const id = options.clip ?? (isWhole ? scenario.id : `${session}_${startUs}_${timeOf(timesUs.length)}`)
  const parts = clipId.exec(id)
  if (parts === null || Number(parts[2]) !== startUs) {
    throw new VirgaError('VIRGA_USAGE', `${id} cannot be the clip's id`, { expected: `<uuid>_${startUs}_<end>, where the clip starts` })
  }
  return { id, session: parts[1], startUs, timesUs, world_to_clip: snapped(invertPose(poseAt(scenario.ego, startUs))) }
}

/** The identity for a pose that is it to rounding, so that a clip made of a clip has its numbers to the last bit. */
function snapped(pose: Pose): Pose {
  const [, x, y, z] = pose.rotation
  return Math.max(...[x, y, z, ...pose.translation].map(Math.abs)) < 1e-12 ? identityPose : pose
}

/** Indices of the key frames: 0, 3, 6, ... */
export function keyFrames({ timesUs }: ClipWindow): number[] {
  return Array.from({ length: Math.ceil(timesUs.length / framesPerKey) }, (_, key) => key * framesPerKey)
}

/** The six-digit number that begins a member's name. */
export function frameName(frame: number): string {
  return String(frame).padStart(6, '0')
}

/** A name-based UUID (RFC 9562, version 5) of a scenario's id, in a name space of this project. */
function uuidOf(name: string): string {
  const digest = createHash('sha1').update('virga scenario').update('\0').update(name).digest()
  digest[6] = (digest[6] & 0x0f) | 0x50
  digest[8] = (digest[8] & 0x3f) | 0x80
  const hex = digest.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
