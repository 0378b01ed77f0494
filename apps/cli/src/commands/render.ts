import { join } from 'node:path'
import { Command, Option } from 'commander'
import type { Fit, Layout, RenderRunResult, TailPolicy } from '@virga/augmentation'
import type { Preset } from '@virga/video'
import { logOptions, type LogOptions } from '../options/log-options.ts'
import { collect, decimal, frameSize, integer, names, type PixelSize } from '../options/parsers.ts'
import { version } from '../version.ts'

interface RenderOptions extends LogOptions {
  readonly camera: string[]
  readonly controls: string[]
  readonly style?: string[]
  readonly size?: PixelSize | 'native'
  readonly fit: string
  readonly start: number
  readonly frames?: number
  readonly fps: number
  readonly chunk?: number
  readonly tail: string
  readonly layout: string
  readonly edgePreset: string
  readonly visPreset: string
  readonly video?: string[]
  readonly input?: string[]
  readonly controlMap?: string
  readonly crf: number
  readonly x264: string
  readonly png?: number
  readonly resume?: true
  readonly out: string
  readonly json?: true
}

const strengths = ['none', 'very_low', 'low', 'medium', 'high', 'very_high']
const x264Presets = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower']

export function renderCommand(): Command {
  const command = new Command('render')
    .description("Make condition videos (controls) from a log's map, boxes, LiDAR and camera pictures")
    .argument('<LOG>', 'folder of a log in any format that Virga reads')
    .requiredOption('--camera <NAME,...>', 'cameras as `virga inspect` lists them, or all', names)
    .option('--controls <NAME,...>', 'hdmap, lidar, depth, seg, edge, vis, or all that the log can give: all', names, ['hdmap'])
    .option('--style <NAME|FILE>', 'how hdmap or lidar is drawn: a name (below) or a file of your own; can be repeated', collect)
    .option(
      '--size <WxH|native>',
      'pixels (default: 1280x704 or 1280x720 as the style wants for 16:9 cameras, else the own shape up to 1280)',
      frameSize,
    )
    .addOption(
      new Option(
        '--fit <HOW>',
        'from the camera to the size: drawn straight, or drawn at 16:9 and resized (Lanczos4) or cropped; auto: as the style was trained',
      )
        .choices(['auto', 'direct', 'resize', 'crop'])
        .default('auto'),
    )
    .option(
      '--start <SECONDS>',
      'where to begin',
      decimal((value) => value >= 0, 'a number of seconds of at least 0'),
      0,
    )
    .option('--frames <N>', 'how many frames (default: to the end of the log)', integer(1))
    .option(
      '--fps <N>',
      'frames per second',
      decimal((value) => value > 0 && value <= 240, 'a rate above 0 and at most 240'),
      30,
    )
    .option('--chunk <N>', 'cut into videos of N frames (Cosmos-Transfer1 takes 121)', integer(1))
    .addOption(
      new Option('--tail <HOW>', 'frames that do not fill the last chunk: a shorter video, repeats of the last frame, or left out')
        .choices(['short', 'pad', 'drop'])
        .default('short'),
    )
    .addOption(
      new Option('--layout <HOW>', 'virga: <camera>/<control>.mp4; upstream: hdmap/ftheta_<camera>/<clip>_<chunk>.mp4')
        .choices(['virga', 'upstream'])
        .default('virga'),
    )
    .addOption(new Option('--edge-preset <P>', 'strength of edge (Canny thresholds)').choices(strengths).default('medium'))
    .addOption(new Option('--vis-preset <P>', 'strength of vis (blur)').choices(strengths).default('medium'))
    .option(
      '--video <[CAMERA=]FILE>',
      "the camera's pictures for edge and vis, in place of the log's; begins with the drive; can be repeated",
      collect,
    )
    .option(
      '--input <[CAMERA:]CONTROL=FILE>',
      'take depth or seg from a video of your own; begins with the drive; can be repeated',
      collect,
    )
    .option(
      '--control-map <FILE|NAME>',
      'weights per control, frame and pixel over these controls: a control map or one that comes with Virga; writes weights and heat maps',
    )
    .option(
      '--crf <N>',
      'quality of the videos, lower is better',
      decimal((value) => value >= 0 && value <= 51, 'a number from 0 to 51'),
      18,
    )
    .addOption(new Option('--x264 <PRESET>', 'effort of the encoder').choices(x264Presets).default('veryfast'))
    .option('--png <K>', 'also write every K-th frame as PNG', integer(1))
    .option('--resume', 'go on with a run that was cut off: videos that are complete are kept')
    .requiredOption('--out <DIR>', 'where the videos and manifest.json go')
    .option('--json', 'print the manifest')
  return logOptions(command)
    .addHelpText(
      'after',
      `
Styles:
  hdmap: hdmap-v1 (default), world-scenario-v3, world-scenario-v3-t25      lidar: lidar-v1

Examples:
  $ virga render path/to/log --camera ring_front_center --controls hdmap,lidar --out out
  $ virga render path/to/clips --clip CLIP_ID --camera all --chunk 121 --tail drop --layout upstream --out out
  $ virga render path/to/log --camera front --style world-scenario-v3 --fps 10 --out out
  $ virga render path/to/log --camera front --controls hdmap,edge --control-map road-and-vehicles --out out
  $ virga render path/to/log --camera front --controls edge,vis --video front.mp4 --resume --out out`,
    )
    .action(render)
}

async function render(log: string, options: RenderOptions): Promise<void> {
  const { findCameras, frameGrid, openPasses, parseControls, renderRun, stylesOf, systemClock } = await import('@virga/augmentation')
  const { loadControlMap } = await import('@virga/conditions')
  const { openLog } = await import('@virga/formats')
  const { logOpenOptions } = await import('../options/log-options.ts')
  const { interruptible } = await import('../host/interrupt.ts')
  const { LazyDevice } = await import('../host/lazy-device.ts')
  const { checkWritable, removeUnfinished } = await import('../host/output-folder.ts')
  const { loadStyles } = await import('../host/load-style.ts')
  const { parseGiven } = await import('../options/given-videos.ts')
  const { viewOf } = await import('../host/render-views.ts')
  const { ProgressView } = await import('../terminal/progress-view.ts')

  const given = parseGiven(options.video ?? [], options.input ?? [])
  const chosen = await loadStyles(options.style ?? [])
  const controlMap = options.controlMap === undefined ? undefined : await loadControlMap(options.controlMap)
  const scenario = await openLog(log, logOpenOptions(options))
  const cameras = findCameras(scenario, options.camera)
  const controls = parseControls(options.controls, scenario, cameras, given)
  const styles = stylesOf(controls, [...chosen.keys()])
  const { fps, frames, start, fit } = options
  const grid = frameGrid(scenario, { fps, startSeconds: start, ...(frames === undefined ? {} : { count: frames }) })
  const views = cameras.map((camera) => viewOf(camera, options.size, fit as Fit, styles))
  const out = await checkWritable(options.out)
  await removeUnfinished(out)

  const view = new ProgressView(process.stderr, systemClock)
  const interrupt = interruptible(() => view.message('stopping; videos that are complete stay, and --resume goes on from them'))
  const device = new LazyDevice()
  const presets = { edge: options.edgePreset, vis: options.visPreset }
  const opened = await openPasses({
    scenario,
    controls,
    styles,
    styleFiles: chosen,
    views,
    fit: fit as Fit,
    timesUs: grid.timesUs,
    presets,
    given,
    openDevice: device.open,
  })
  for (const message of opened.notes) view.report({ kind: 'note', message })
  try {
    const result = await renderRun(
      { version, progress: view, signal: interrupt.signal, openDevice: device.open, adapter: device.description },
      {
        scenario,
        views,
        passes: opened.passes,
        styles: Object.fromEntries([...styles].map(([control, style]) => [control, style.name])),
        fit: fit as Fit,
        grid,
        ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
        tail: options.tail as TailPolicy,
        layout: options.layout as Layout,
        encoding: { crf: options.crf, preset: options.x264 as Preset },
        ...(options.png === undefined ? {} : { pngEvery: options.png }),
        ...(controlMap === undefined ? {} : { controlMap }),
        resume: options.resume === true,
        out,
      },
    )
    print(out, result, options.json === true)
  } finally {
    view.close()
    interrupt.release()
    await opened.close()
    await device.dispose()
  }
}

function print(out: string, { manifest, kept, pngs }: RenderRunResult, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`)
    return
  }
  const { settings, outputs } = manifest
  for (const { file, control, width, height, frames, paddedFrames } of outputs) {
    const how = (settings.styles[control] ?? settings.made[control]).replaceAll(/[0-9a-f]{64}/g, (digest) => digest.slice(0, 8))
    const length = `${frames} frames${paddedFrames > 0 ? ` and ${paddedFrames} repeat${paddedFrames === 1 ? '' : 's'}` : ''} at ${settings.fps}/s`
    process.stdout.write(`${join(out, file)}  ${how}, ${width}x${height}, ${length}\n`)
  }
  for (const { preview, name } of manifest.controlMaps) process.stdout.write(`${join(out, preview)}  control map ${name}\n`)
  if (kept > 0) process.stdout.write(`${kept} of them were complete before\n`)
  if (pngs > 0) process.stdout.write(`${pngs} PNGs\n`)
  process.stdout.write(`${join(out, 'manifest.json')}\n`)
}
