import { Command, Option } from 'commander'
import { decimal, integer, type PixelSize, pixelSize } from '../options/parsers.ts'

interface SimulateOptions {
  readonly seed: number
  readonly seconds?: number
  readonly frames?: number
  readonly fps?: number
  readonly weather: string
  readonly lighting: string
  readonly size?: PixelSize
  readonly format: 'argoverse2' | 'rds-hq'
  readonly out: string
  readonly force?: true
  readonly json?: true
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Simulate a drive and write it as a log with camera images')
    .requiredOption('--seed <N>', 'the same seed gives the same drive', integer(0, 2 ** 32 - 1))
    .option(
      '--seconds <S>',
      'length of the drive',
      decimal((value) => value > 0 && value <= 600, 'more than 0 and at most 600 seconds'),
    )
    .option('--frames <N>', 'length of the drive in camera frames, in place of --seconds', integer(1))
    .option(
      '--fps <N>',
      'camera frames per second (default: 24; an RDS-HQ clip has 30)',
      decimal((value) => value >= 1 && value <= 120, 'a rate from 1 to 120'),
    )
    .option('--weather <W>', 'clear, overcast, rain, snow, fog', 'clear')
    .option('--lighting <L>', 'morning, day, golden-hour, night', 'day')
    .option('--size <WxH>', 'pixels of the camera (default: 1280x704; RDS-HQ 1280x720)', pixelSize)
    .addOption(
      new Option('--format <FORMAT>', 'an Argoverse 2 log, or a clip of an RDS-HQ data set')
        .choices(['argoverse2', 'rds-hq'])
        .default('argoverse2'),
    )
    .requiredOption('--out <DIR>', 'the folder of the log, or of the data set')
    .option('--force', 'replace an Argoverse 2 log or the same clip that is there')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ virga simulate --seed 7 --seconds 5 --out drives/seven
  $ virga simulate --seed 7 --frames 121 --weather snow --lighting night --size 640x352 --out drives/seven-snow
  $ virga simulate --seed 7 --seconds 10 --format rds-hq --out clips
  $ virga inspect drives/seven`,
    )
    .action(simulateAction)
}

async function simulateAction(options: SimulateOptions): Promise<void> {
  const { VirgaError } = await import('@virga/errors')
  if ((options.seconds === undefined) === (options.frames === undefined)) {
    throw new VirgaError('VIRGA_USAGE', 'the length of the drive is not clear', { expected: 'either --seconds or --frames' })
  }
  const { simulateDrive, parseLook } = await import('@virga/simulation')
  const { systemClock } = await import('@virga/augmentation')
  const { checkWritable } = await import('../host/output-folder.ts')
  const { interruptible } = await import('../host/interrupt.ts')
  const { LazyDevice } = await import('../host/lazy-device.ts')
  const { ProgressView } = await import('../terminal/progress-view.ts')
  const { writeSimulatedLog } = await import('../host/write-simulated-log.ts')

  const look = parseLook(`${options.weather}/${options.lighting}`)
  const { seed, format } = options
  const isClip = format === 'rds-hq'
  const { fps = isClip ? 30 : 24, size = { width: 1280, height: isClip ? 720 : 704 } } = options
  if (isClip && fps !== 30)
    throw new VirgaError('VIRGA_USAGE', `an RDS-HQ clip at ${fps} frames a second`, { expected: '--fps 30, or none' })
  const seconds = options.seconds ?? ((options.frames as number) + 0.5) / fps
  const drive = simulateDrive({ seed, seconds, fps, width: size.width, height: size.height })
  const out = await checkWritable(options.out)
  const view = new ProgressView(process.stderr, systemClock)
  const interrupt = interruptible(() => view.message('stopping; nothing is left behind'))
  const device = new LazyDevice()
  try {
    const written = await writeSimulatedLog({
      device: await device.open(),
      drive,
      look,
      folder: out,
      format,
      replace: options.force === true,
      progress: view,
      signal: interrupt.signal,
    })
    view.close()
    if (options.json === true) process.stdout.write(`${JSON.stringify(written, null, 2)}\n`)
    else {
      const what = written.clip === undefined ? 'Argoverse 2 log' : `clip ${written.clip}`
      process.stdout.write(`${written.folder}  ${what}, ${written.frames} images of ${size.width}x${size.height} at ${fps}/s\n`)
    }
  } finally {
    view.close()
    interrupt.release()
    await device.dispose()
  }
}
