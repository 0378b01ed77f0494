import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { seamScore } from '@virga/metrics'
import { planVideo, type VideoPlan } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import { type Look, lookName, renderDrive } from '@virga/simulation'
import { temporal } from './figures.ts'
import { stateOf, type Tools } from './main-part.ts'
import { writePicture } from './pictures.ts'
import { cacheRoot } from './plan.ts'
import type { Measurements } from './rows.ts'
import { publishedVariants, simulated, withoutVideo } from './variants.ts'

export interface LongRow {
  readonly seed: number
  readonly look: string
  readonly source: 'map + LiDAR' | 'camera video' | 'truth'
  readonly frames: number
  readonly clips: number
  /** Frames into which seams fall. */
  readonly firsts: readonly number[]
  readonly seamScore: number
  /** The largest step at a seam over the 95th percentile of all others. */
  readonly worst: number
  /** Mean absolute difference of each step, 8-bit levels. */
  readonly steps: readonly number[]
}

/** One long drive in a look, from camera video and from map and LiDAR: what happens where its clips meet. */
export function measureLong(
  tools: Tools,
  store: Measurements<LongRow>,
  seed: number,
  look: Look,
  frames: number,
  pictures: string,
): Promise<LongRow[]> {
  const key = { part: 'long', version: 1, ...stateOf(tools), seed, look: lookName(look), frames }
  return store.of(key, async () => {
    const { host, bundle, steps } = tools
    const { width, height, fps } = bundle.manifest.video
    const drive = simulated(seed, { frames, fps, width, height })
    const plan = planVideo(frames, 0, bundle.manifest)
    const seams = seamsOf(plan)
    const firsts = seams.flat()
    const rowOf = (source: LongRow['source'], score: { steps: readonly number[] }): LongRow => {
      const at = new Set(firsts.map((first) => first - 1))
      const others = score.steps.filter((_, i) => !at.has(i)).sort((a, b) => a - b)
      return {
        ...{ seed, look: lookName(look), source, frames, clips: plan.clips.length, firsts },
        seamScore: firsts.length === 0 ? NaN : seamScore(score, firsts),
        worst: Math.max(...score.steps.filter((_, i) => at.has(i))) / others[Math.floor(0.95 * others.length)],
        steps: score.steps,
      }
    }
    const out = join(cacheRoot, 'out', `${process.pid}`)
    const rows: LongRow[] = []
    const strips: RgbImage[][] = []
    const map = withoutVideo(drive)
    const inputs = [
      ['camera video', { kind: 'opened', drive: { ...map, simulated: drive } }],
      ['map + LiDAR', { kind: 'opened', drive: map }],
    ] as const
    for (const [source, input] of inputs) {
      const made = await publishedVariants(host, {
        bundle,
        drive: input,
        looks: [look],
        frames,
        out,
        ...(steps === undefined ? {} : { steps }),
      })
      const video = made.videos.get(lookName(look)) ?? []
      rows.push(rowOf(source, temporal(video)))
      for (const seam of seams) strips.push([-4, -2, -1, 0, 1, 3].map((k) => video[Math.min(seam[seam.length >> 1] + k, video.length - 1)]))
      rmSync(out, { recursive: true, force: true })
    }
    await writePicture(join(pictures, `seams-${seed}-${lookName(look)}.jpg`), strips)
    const truth: RgbImage[] = []
    for await (const { rgb } of renderDrive(await host.openDevice(), drive, {
      cameraName: drive.scenario.rig.cameras[0].name,
      width,
      height,
      look,
    }))
      truth.push(rgb)
    rows.push(rowOf('truth', temporal(truth.slice(0, frames))))
    return rows
  })
}

/** Of each further clip the frames into which its seam falls: the first one of its own or, where clips are faded into each other, all of the fade. */
function seamsOf({ clips, overlap, faded }: VideoPlan): number[][] {
  return clips.slice(1).map(({ first }) => Array.from({ length: Math.max(faded, 1) }, (_, i) => first + overlap - i).reverse())
}
