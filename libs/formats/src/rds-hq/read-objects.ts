import { VirgaError } from '@virga/errors'
import { buildTrajectory, type MissingPart, type Track } from '@virga/scenario'
import { eachTarMember } from '../tar/read-tar.ts'
import { gapsIn, memberName } from './frames.ts'
import { frameOffsetUs, framesPerKey } from './layout.ts'
import { limits } from './limits.ts'
import { type Observation, parseObjects } from './objects.ts'
import { steady } from './steady.ts'
import { classOfType } from './tables/index.ts'

/**
 * Reads the boxes of a clip as tracks with one observation per key frame, in the order of their ids as text (the order in which NVIDIA's renderer
 * draws them). What does not move is held still (`steady`). Between two key frames a box is interpolated; a track that is missing in either has none
 * there. After the last key frame of the clip boxes stay where they are for the frames up to the next key.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming tar, member, track and field
 */
export async function readObjects(file: string, clip: string, startUs: number): Promise<{ tracks: Track[]; notes: MissingPart[] }> {
  const frames = new Map<number, Map<string, Observation>>()
  await eachTarMember(file, limits.jsonBytes, (name, bytes) => {
    const member = memberName(file, clip, name)
    if (member?.frame === undefined || member.key !== 'all_object_info.json') return
    if (frames.has(member.frame)) throw new VirgaError('VIRGA_BAD_INPUT', 'member is there twice', { file, record: name })
    frames.set(member.frame, parseObjects(bytes, member.frame, { file, record: name }))
  })
  const numbers = [...frames.keys()].sort((a, b) => a - b)
  const step = numbers.some((frame) => frame % framesPerKey !== 0) ? 1 : framesPerKey
  const byTrack = new Map<string, Observation[]>()
  for (const frame of numbers) {
    for (const [id, observation] of frames.get(frame) ?? []) {
      const list = byTrack.get(id)
      if (list === undefined) byTrack.set(id, [observation])
      else list.push(observation)
    }
  }
  const lastKey = numbers.at(-1) ?? 0
  const sorted = [...byTrack].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const gaps = gapsIn(numbers, step)
  const changing = sorted.filter(([, list]) => list.some(({ type }) => type !== list[0].type)).map(([id]) => id)
  const notes: MissingPart[] = []
  if (gaps !== undefined) notes.push({ part: 'tracks', detail: `all_object_info: no frame ${gaps}; no boxes are drawn around it` })
  if (changing.length > 0) {
    const detail = `all_object_info: ${changing.length} tracks change their type and keep the most frequent (${changing.slice(0, 3).join(', ')})`
    notes.push({ part: 'tracks', detail })
  }
  return { tracks: sorted.map(([id, list]) => trackOf(id, list, { file, startUs, step, lastKey })), notes }
}

interface Series {
  readonly file: string
  readonly startUs: number
  readonly step: number
  readonly lastKey: number
}

function trackOf(id: string, list: readonly Observation[], { file, startUs, step, lastKey }: Series): Track {
  const observations = steady(list)
  const type = mostFrequent(list.map((one) => one.type))
  return {
    id,
    class: classOfType(type),
    sourceCategory: type,
    trajectory: buildTrajectory(
      {
        timesUs: observations.map(({ frame }) => startUs + frameOffsetUs(frame)),
        translations: observations.flatMap(({ object_to_world }) => object_to_world.translation),
        rotations: observations.flatMap(({ object_to_world }) => object_to_world.rotation),
      },
      { file, what: `track ${id}`, recordOf: (i) => `frame ${observations[i].frame}` },
    ),
    sizes: Float64Array.from(observations.flatMap(({ size }) => size)),
    moving: Uint8Array.from(observations, ({ moving }) => Number(moving)),
    maxGapUs: Math.ceil((step * 1e6) / 30),
    ...(observations.at(-1)?.frame === lastKey && step > 1 ? { holdUs: frameOffsetUs(step - 1) } : {}),
  }
}

/** The first of the most frequent words. */
function mostFrequent(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}
