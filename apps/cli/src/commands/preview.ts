import { Command, Option } from 'commander'
import type { Fit } from '@virga/augmentation'
import { logOptions, type LogOptions } from '../options/log-options.ts'
import { collect, decimal, names } from '../options/parsers.ts'

interface PreviewOptions extends LogOptions {
  readonly camera: string[]
  readonly time: number
  readonly controls: string[]
  readonly style?: string[]
  readonly fit: string
  readonly edgePreset: string
  readonly visPreset: string
  readonly video?: string[]
  readonly input?: string[]
  readonly controlMap?: string
  readonly out: string
  readonly json?: true
}

export function previewCommand(): Command {
  const command = new Command('preview')
    .description('Look before you trust: one PNG per camera with its picture and each control beside it')
    .argument('<LOG>', 'folder of a log in any format that Virga reads')
    .option('--camera <NAME,...>', 'cameras as `virga inspect` lists them, or all', names, ['all'])
    .option(
      '--time <SECONDS>',
      'the moment, from the start of the drive',
      decimal((value) => value >= 0, 'a number of seconds of at least 0'),
      0,
    )
    .option('--controls <NAME,...>', 'hdmap, lidar, depth, seg, edge, vis, or all that the camera can give', names, ['all'])
    .option('--style <NAME|FILE>', 'how hdmap or lidar is drawn; can be repeated', collect)
    .addOption(new Option('--fit <HOW>', 'as in `virga render`').choices(['auto', 'direct', 'resize', 'crop']).default('auto'))
    .option('--edge-preset <P>', 'strength of edge', 'medium')
    .option('--vis-preset <P>', 'strength of vis', 'medium')
    .option('--video <[CAMERA=]FILE>', "the camera's pictures, in place of the log's; can be repeated", collect)
    .option('--input <[CAMERA:]CONTROL=FILE>', 'take depth or seg from a video of your own; can be repeated', collect)
    .option('--control-map <FILE|NAME>', 'also DIR/<camera>-control-map.png: its weights as heat maps')
    .option('--out <DIR>', 'where the PNGs go: DIR/<camera>.png', 'preview')
    .option('--json', 'print JSON')
  return logOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ virga preview path/to/log
  $ virga preview path/to/log --camera ring_front_center --time 11.7 --controls hdmap,lidar,depth,seg --out look
  $ virga preview path/to/clips --clip CLIP_ID --style world-scenario-v3`,
    )
    .action(previewAction)
}

async function previewAction(log: string, options: PreviewOptions): Promise<void> {
  const { findCameras, frameGrid, preview, systemClock } = await import('@virga/augmentation')
  const { loadControlMap } = await import('@virga/conditions')
  const { openLog } = await import('@virga/formats')
  const { logOpenOptions } = await import('../options/log-options.ts')
  const { LazyDevice } = await import('../host/lazy-device.ts')
  const { loadStyles } = await import('../host/load-style.ts')
  const { checkWritable } = await import('../host/output-folder.ts')
  const { viewOf } = await import('../host/render-views.ts')
  const { parseGiven } = await import('../options/given-videos.ts')
  const { ProgressView } = await import('../terminal/progress-view.ts')

  const given = parseGiven(options.video ?? [], options.input ?? [])
  const styles = [...(await loadStyles(options.style ?? [])).keys()]
  const controlMap = options.controlMap === undefined ? undefined : await loadControlMap(options.controlMap)
  const scenario = await openLog(log, logOpenOptions(options))
  const cameras = findCameras(scenario, options.camera)
  const [timeUs] = frameGrid(scenario, { fps: 30, startSeconds: options.time, count: 1 }).timesUs
  const out = await checkWritable(options.out)
  const fit = options.fit as Fit
  const view = new ProgressView(process.stderr, systemClock)
  const device = new LazyDevice()
  try {
    const files = await preview(
      { progress: view, openDevice: device.open },
      {
        scenario,
        cameras,
        timeUs,
        controls: options.controls,
        styles,
        viewOf: (camera, chosen) => viewOf(camera, undefined, fit, chosen),
        fit,
        presets: { edge: options.edgePreset, vis: options.visPreset },
        given,
        ...(controlMap === undefined ? {} : { controlMap }),
        out,
      },
    )
    view.close()
    process.stdout.write(options.json === true ? `${JSON.stringify({ files }, null, 2)}\n` : `${files.join('\n')}\n`)
  } finally {
    view.close()
    await device.dispose()
  }
}
