import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { type Bundle, GraphStore, Tokenizer, toFrames } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import { lookName, simulatorVersion } from '@virga/simulation'
import { equal, type Likeness, likeness, type Seen, seen, temporal } from './figures.ts'
import type { HeldOutHost } from './host.ts'
import type { Judges } from './judges.ts'
import { cacheRoot, driveFrames, type PlannedDrive, sourceLook } from './plan.ts'
import type { Measurements } from './rows.ts'
import { HeldOutScene } from './scene.ts'
import { publishedVariants, simulated, withoutVideo } from './variants.ts'

/**
 * `truth`: the simulator's own video. `ceiling`: the tokenizer's reconstruction of it. `source`: the drive's camera video as it is. Then what Virga publishes with
 * camera video, and from map, boxes and LiDAR alone; each also at 0 steps, which is what the network starts from.
 */
export const kinds = ['truth', 'ceiling', 'source', 'video-start', 'video', 'map-start', 'map'] as const
export type Kind = (typeof kinds)[number]

export interface MainRow {
  readonly seed: number
  readonly look: string
  readonly kind: Kind
  readonly likeness: Likeness
  readonly seen: Seen
}

export interface Tools {
  readonly host: HeldOutHost
  readonly bundle: Bundle
  readonly judges: Judges
  readonly threads: number
  /** Solver steps; default: the bundle's. */
  readonly steps?: number
}

/** What rows depend on besides their own part. */
export const stateOf = ({ bundle, judges, steps }: Tools) => ({
  bundle: bundle.digest,
  judges: judges.digest,
  simulator: simulatorVersion,
  steps: steps ?? null,
})

/**
 * Measures one drive in its looks: everything that `virga augment` publishes at its default settings.
 *
 * @param withStarts also what it publishes at 0 steps
 */
export function measureDrive(
  tools: Tools,
  store: Measurements<MainRow>,
  { seed, looks }: PlannedDrive,
  frames: number,
  withStarts: boolean,
): Promise<MainRow[]> {
  const own = withStarts ? {} : { starts: false }
  const key = { part: 'main', version: 1, ...stateOf(tools), seed, looks: looks.map(lookName), frames, ...own }
  return store.of(key, async () => {
    const { host, bundle, judges, steps } = tools
    const { width, height, fps } = bundle.manifest.video
    const scene = await HeldOutScene.open(() => host.openDevice(), seed, looks)
    const source = (await scene.rgb(sourceLook)).slice(0, frames)
    const out = join(cacheRoot, 'out', `${process.pid}`)
    const run = async (drive: Parameters<typeof publishedVariants>[1]['drive'], at?: number): Promise<Map<string, RgbImage[]>> =>
      (await publishedVariants(host, { bundle, drive, looks, frames, out, ...(at === undefined ? {} : { steps: at }) })).videos
    // The same scenario for both, so that its conditions are drawn once.
    const drive = simulated(seed, { frames: driveFrames, fps, width, height })
    const map = withoutVideo(drive)
    const withVideo = { kind: 'opened', drive: { ...map, simulated: drive } } as const
    const mapOnly = { kind: 'opened', drive: map } as const
    const made: Partial<Record<Kind, Map<string, RgbImage[]>>> = {
      video: await run(withVideo, steps),
      map: await run(mapOnly, steps),
      ...(withStarts ? { 'video-start': await run(withVideo, 0), 'map-start': await run(mapOnly, 0) } : {}),
    }
    rmSync(out, { recursive: true, force: true })
    const graphs = new GraphStore(bundle, { threads: tools.threads })
    const tokenizer = new Tokenizer(graphs, bundle.manifest)
    const rows: MainRow[] = []
    for (const look of looks) {
      const truth = await scene.truth(look, judges.judged, frames)
      const score = temporal(truth.frames)
      const name = lookName(look)
      const videos: Record<Kind, readonly RgbImage[] | undefined> = {
        truth: truth.frames,
        ceiling: toFrames(await tokenizer.decode(await tokenizer.encode(truth.frames))),
        source,
        'video-start': made['video-start']?.get(name),
        video: made.video?.get(name),
        'map-start': made['map-start']?.get(name),
        map: made.map?.get(name),
      }
      for (const kind of kinds) {
        const video = videos[kind]
        if (video === undefined) continue
        const like = kind === 'truth' ? equal : likeness(video, truth, score)
        // The source is the same video whatever it is compared with.
        const known = kind === 'source' ? rows.find((row) => row.kind === kind)?.seen : undefined
        rows.push({ seed, look: name, kind, likeness: like, seen: known ?? (await seen(judges, video, truth)) })
      }
    }
    await graphs.release()
    return rows
  })
}
