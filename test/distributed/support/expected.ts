import { conditionOf, digestOf, overviewOf, tasksOf, videoOf } from './small-work.ts'

/** What an augmentation of the small work has to come to. */
export interface Expected {
  /** Output name to digest, by the key of the task; the inspection's plan is not among them. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** Keys of all tasks. */
  readonly tasks: readonly string[]
  /** Digest of the video, by the key of the variant. */
  readonly variants: ReadonlyMap<string, string>
}

/** Worked out from names alone, without anything that the system did. */
export function expectedOf(augmentation: string, cameras: readonly string[], variants: readonly string[]): Expected {
  const outputs = new Map<string, Readonly<Record<string, string>>>()
  const videos = new Map<string, string>()
  for (const camera of cameras) {
    const condition = conditionOf(augmentation, camera)
    outputs.set(`render.${camera}`, { 'condition.bin': digestOf(condition) })
    for (const variant of variants) {
      const video = digestOf(videoOf(condition, variant))
      outputs.set(`generate.${camera}.${variant}`, { 'video.bin': video })
      videos.set(`${camera}.${variant}`, video)
    }
  }
  outputs.set('publish', { 'overview.txt': digestOf(overviewOf([...videos.values()])) })
  return { outputs, tasks: ['inspect', ...tasksOf(cameras, variants).map(({ key }) => key)], variants: videos }
}
