import { Command } from 'commander'
import type { RenderedVideo } from '@virga/augmentation'
import { decimal, integer, names, type PixelSize, pixelSize } from '../options/parsers.ts'

interface RenderOptions {
  readonly camera: string[]
  readonly controls: string[]
  readonly size?: PixelSize
  readonly start: number
  readonly frames?: number
  readonly fps: number
  readonly png?: number
  readonly out: string
  readonly json?: true
}

export function renderCommand(): Command {
  return new Command('render')
    .description("Render a log's HD map and LiDAR into condition videos")
    .argument('<LOG>', 'folder of a log in any format that Virga reads')
    .requiredOption('--camera <NAME,...>', 'cameras, as `virga inspect` lists them', names)
    .option('--controls <NAME,...>', 'hdmap (style hdmap-v1), lidar (style lidar-v1)', names, ['hdmap'])
    .option('--size <WxH>', "pixels; the camera's image is scaled to it (default: its own shape, at most 1280 wide and high)", pixelSize)
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
    .option('--png <K>', 'also write every K-th frame as PNG', integer(1))
    .requiredOption('--out <DIR>', 'writes DIR/<camera>/<control>.mp4')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ virga render path/to/log --camera ring_front_center --controls hdmap,lidar --out out
  $ virga render path/to/log --camera ring_front_left,ring_front_right --size 1280x704 --start 2 --frames 121 --fps 24 --png 30 --out out`,
    )
    .action(render)
}

async function render(log: string, options: RenderOptions): Promise<void> {
  const { findCamera, frameGrid, parseRenderedControl, renderControls, systemClock } = await import('@virga/augmentation')
  const { openLog } = await import('@virga/formats')
  const { interruptible } = await import('../host/interrupt.ts')
  const { LazyDevice } = await import('../host/lazy-device.ts')
  const { checkWritable, removeUnfinished } = await import('../host/output-folder.ts')
  const { ProgressView } = await import('../terminal/progress-view.ts')

  const controls = options.controls.map(parseRenderedControl)
  const scenario = await openLog(log)
  const cameras = options.camera.map((name) => findCamera(scenario, name))
  const { fps, frames, start } = options
  const grid = frameGrid(scenario, { fps, startSeconds: start, ...(frames === undefined ? {} : { count: frames }) })
  const out = await checkWritable(options.out)
  await removeUnfinished(out)

  const view = new ProgressView(process.stderr, systemClock)
  const interrupt = interruptible(() => view.message('stopping; videos that are complete stay'))
  const device = new LazyDevice()
  try {
    const videos = await renderControls(
      { progress: view, signal: interrupt.signal, openDevice: device.open },
      {
        scenario,
        cameras,
        controls,
        grid,
        sizeOf: (camera) => options.size ?? fitted(camera),
        ...(options.png === undefined ? {} : { pngEvery: options.png }),
        out,
      },
    )
    const { kind, name } = (await device.open()).adapter
    print(videos, { kind, name }, options.json === true)
  } finally {
    view.close()
    interrupt.release()
    await device.dispose()
  }
}

const largestSide = 1280

/** The camera's own shape at most 1280 pixels wide and high, in even numbers. */
function fitted({ width, height }: PixelSize): PixelSize {
  const scale = Math.min(1, largestSide / Math.max(width, height))
  const even = (pixels: number) => Math.max(16, 2 * Math.round((pixels * scale) / 2))
  return { width: even(width), height: even(height) }
}

function print(videos: readonly RenderedVideo[], adapter: { kind: string; name: string }, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ adapter, videos }, null, 2)}\n`)
    return
  }
  for (const { path, style, width, height, frames, fps, pngs } of videos) {
    process.stdout.write(`${path}  ${style}, ${width}x${height}, ${frames} frames at ${fps}/s${pngs > 0 ? `, ${pngs} PNGs` : ''}\n`)
  }
}
