import { Command, Option } from 'commander'
import type { WrittenClip } from '@virga/formats'
import type { MissingPart, Scenario } from '@virga/scenario'
import { logOpenOptions, logOptions, type LogOptions } from '../options/log-options.ts'
import { decimal, names } from '../options/parsers.ts'
import { table } from '../terminal/format.ts'
import type { ProgressView } from '../terminal/progress-view.ts'

interface ConvertOptions extends LogOptions {
  readonly to: 'rds-hq' | 'argoverse2'
  readonly start: number
  readonly seconds?: number
  readonly split?: number
  readonly camera?: string[]
  readonly cameraNames: 'source' | 'rds-hq'
  readonly out: string
  readonly force?: true
  readonly json?: true
}

/** One log or clip that was written. */
interface Written extends Partial<Omit<WrittenClip, 'dir' | 'notWritten'>> {
  readonly dir: string
  readonly seconds: number
  readonly notWritten: readonly MissingPart[]
}

export function convertCommand(): Command {
  const seconds = decimal((value) => value > 0, 'more than 0 seconds')
  const command = new Command('convert')
    .description('Write a log, or a piece of it, in another format')
    .argument('<LOG>', 'folder of a log in any format that Virga reads')
    .addOption(
      new Option('--to <FORMAT>', 'rds-hq: a clip in a data set folder; argoverse2: a log folder')
        .choices(['rds-hq', 'argoverse2'])
        .makeOptionMandatory(),
    )
    .option(
      '--start <SECONDS>',
      'where to begin',
      decimal((value) => value >= 0, 'a number of seconds of at least 0'),
      0,
    )
    .option('--seconds <S>', 'how much of it (default: to the end; clips that NVIDIA releases have 10 s)', seconds)
    .option('--split <S>', 'rds-hq: several clips of this length, the last one shorter', seconds)
    .option('--camera <NAME,...>', 'only these cameras (default: all)', names)
    .addOption(
      new Option('--camera-names <WHOSE>', "rds-hq: the log's own camera names, or NVIDIA's for cameras that look roughly the same way")
        .choices(['source', 'rds-hq'])
        .default('source'),
    )
    .requiredOption('--out <DIR>', 'rds-hq: the data set, which may hold other clips; argoverse2: the log')
    .option('--force', 'replace the same clip, or an Argoverse 2 log, that is there')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ virga convert path/to/log --to rds-hq --out clips
  $ virga convert path/to/log --to rds-hq --split 10 --camera-names rds-hq --out clips
  $ virga convert path/to/data-set --clip ID --camera-model pinhole --to argoverse2 --out log

A clip has 30 frames a second, boxes and sweeps 10; what lies between the log's own samples is interpolated. What the format has no place for is
listed as not written.`,
    )
    .action(convert)
  return logOptions(command)
}

async function convert(log: string, options: ConvertOptions): Promise<void> {
  const { VirgaError } = await import('@virga/errors')
  const { systemClock } = await import('@virga/augmentation')
  const { openLog } = await import('@virga/formats')
  const { checkWritable } = await import('../host/output-folder.ts')
  const { interruptible } = await import('../host/interrupt.ts')
  const { removeAbandoned } = await import('../host/write-simulated-log.ts')
  const { ProgressView } = await import('../terminal/progress-view.ts')

  if (options.to !== 'rds-hq' && (options.split !== undefined || options.cameraNames !== 'source')) {
    throw new VirgaError('VIRGA_USAGE', '--split and --camera-names are for --to rds-hq', { expected: 'neither of them' })
  }
  const scenario = await openLog(log, logOpenOptions(options))
  const out = await checkWritable(options.out)
  await removeAbandoned(out)
  const view = new ProgressView(process.stderr, systemClock)
  const interrupt = interruptible(() => view.message('stopping; what is complete stays, nothing else is left behind'))
  try {
    const write = options.to === 'rds-hq' ? writeClips : writeLog
    const written = await write(scenario, out, options, view, interrupt.signal)
    view.close()
    print(written, options)
  } finally {
    view.close()
    interrupt.release()
  }
}

async function writeClips(
  scenario: Scenario,
  out: string,
  options: ConvertOptions,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Written[]> {
  const { writeRdsHq } = await import('@virga/formats')
  const { start, camera, cameraNames, force, seconds = Infinity } = options
  const end = Math.min(start + seconds, (scenario.endUs - scenario.startUs) / 1e6)
  const step = options.split ?? Math.max(end - start, 0)
  const written: Written[] = []
  // Less than one 10 Hz frame is no clip of its own; a start beyond the end is for the writer to refuse.
  for (let from = start; from === start || end - from >= 0.1; from += step) {
    const clip = await writeRdsHq(scenario, out, {
      startSeconds: from,
      ...(options.split === undefined && options.seconds === undefined ? {} : { seconds: Math.max(Math.min(step, end - from), 1e-6) }),
      ...(camera === undefined ? {} : { cameras: camera }),
      cameraNames,
      replace: force === true,
      signal,
      onProgress: stages(view),
    })
    written.push({ ...clip, seconds: clip.frames / 30 })
    if (step <= 0) break
  }
  return written
}

async function writeLog(scenario: Scenario, out: string, options: ConvertOptions, view: ProgressView): Promise<Written[]> {
  const { writeArgoverse2 } = await import('@virga/formats')
  const { cutScenario } = await import('@virga/scenario')
  const { findCamera } = await import('@virga/augmentation')
  const startUs = scenario.startUs + Math.round(options.start * 1e6)
  const endUs = options.seconds === undefined ? scenario.endUs : Math.min(scenario.endUs, startUs + Math.round(options.seconds * 1e6))
  const piece = cutScenario(scenario, startUs, endUs)
  const cameras = options.camera?.map((name) => findCamera(scenario, name)) ?? scenario.rig.cameras
  const images = new Map([...piece.images].filter(([name]) => cameras.some((camera) => camera.name === name)))
  const chosen = {
    ...piece,
    images,
    rig: { ...piece.rig, cameras: piece.rig.cameras.filter(({ name }) => cameras.some((one) => one.name === name)) },
  }
  view.report({ kind: 'stage-started', stage: 'convert' })
  const { dir, notWritten } = await writeArgoverse2(chosen, out, { replace: options.force === true })
  view.report({ kind: 'stage-finished', stage: 'convert', reused: false, key: '' })
  const moving = chosen.rig.cameras.filter((camera) => camera.camera_to_world !== undefined && camera.model.kind === 'pinhole')
  const paths: MissingPart[] =
    moving.length === 0
      ? []
      : [{ part: 'calibration', detail: `poses per frame of ${moving.length} cameras: their mean place on the vehicle is written` }]
  return [{ dir, seconds: (endUs - startUs) / 1e6, notWritten: [...notWritten, ...paths] }]
}

/** What takes a while: poses, sweeps and videos are stages of their own. */
const longParts = /^(pose|lidar_raw|(ftheta|pinhole)_(?!intrinsic$).+)$/

function stages(view: ProgressView): (part: string, done: number, total: number) => void {
  return (part, done, total) => {
    if (!longParts.test(part)) return
    if (done === 1) view.report({ kind: 'stage-started', stage: part, total, unit: 'frames' })
    view.report({ kind: 'stage-progress', stage: part, done, total, unit: 'frames' })
    if (done === total) view.report({ kind: 'stage-finished', stage: part, reused: false, key: '' })
  }
}

function print(written: readonly Written[], options: ConvertOptions): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ to: options.to, written }, null, 2)}\n`)
    return
  }
  for (const { dir, clip, frames, boxes, sweeps, cameras, seconds } of written) {
    const length = `${seconds.toFixed(2)} s`
    if (clip === undefined) process.stdout.write(`${dir}  Argoverse 2 log, ${length}\n`)
    else {
      const parts = [`${frames} frames (${length})`, `${boxes} boxes`, `${sweeps} sweeps`, `${cameras?.length} cameras`]
      process.stdout.write(`${dir}  clip ${clip}: ${parts.join(', ')}\n`)
    }
  }
  const lost = new Map(written.flatMap(({ notWritten }) => notWritten).map((part) => [`${part.part} ${part.detail}`, part]))
  if (lost.size > 0) process.stdout.write(`\nnot written\n${table([...lost.values()].map(({ part, detail }) => [part, detail]))}\n`)
}
