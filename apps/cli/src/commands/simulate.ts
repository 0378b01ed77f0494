import { Command, Option } from 'commander'
import type { LidarGridName, RigName } from '@virga/simulation'
import { decimal, integer, names, type PixelSize, pixelSize } from '../options/parsers.ts'

interface SimulateOptions {
  readonly seed: number
  readonly seconds?: number
  readonly frames?: number
  readonly fps?: number
  readonly weather: string
  readonly lighting: string
  readonly size?: PixelSize
  readonly format: 'argoverse2' | 'rds-hq'
  readonly rig?: RigName
  readonly lidar: LidarGridName | 'none'
  readonly images?: string[]
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
    .addOption(
      new Option(
        '--rig <RIG>',
        'front: one pinhole, 80 degrees across; rds-hq: the seven f-theta cameras of RDS-HQ, published lenses in nominal places (for --format rds-hq)',
      ).choices(['front', 'rds-hq']),
    )
    .addOption(
      new Option('--lidar <ROWSxCOLUMNS>', 'a spinning LiDAR on the roof, 10 turns a second, in the same weather')
        .choices(['none', '64x1800', '128x1800', '128x3600'])
        .default('none'),
    )
    .option(
      '--images <CAMERA,...>',
      'cameras whose pictures are drawn, all or none (default: the one that looks ahead); the others are in the rig for conditions',
      names,
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
  $ virga simulate --seed 7 --seconds 10 --format rds-hq --rig rds-hq --lidar 128x3600 --out clips
  $ virga inspect drives/seven

Without --rig the rig is front. Captions in several wordings are made of what the simulation knows; a clip has them.
A sweep takes 0.1 to 0.3 s of a core; pictures take the most time where there is no graphics card.`,
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
  const { picturedCameras, writeSimulatedLog } = await import('../host/write-simulated-log.ts')

  const look = parseLook(`${options.weather}/${options.lighting}`)
  const { seed, format, lidar, rig = 'front' } = options
  const isClip = format === 'rds-hq'
  const { fps = isClip ? 30 : 24, size = { width: 1280, height: isClip ? 720 : 704 } } = options
  if (isClip && fps !== 30)
    throw new VirgaError('VIRGA_USAGE', `an RDS-HQ clip at ${fps} frames a second`, { expected: '--fps 30, or none' })
  if (rig === 'rds-hq' && !isClip) {
    throw new VirgaError('VIRGA_USAGE', 'an Argoverse 2 log holds pinhole cameras only', { expected: '--format rds-hq, or --rig front' })
  }
  const seconds = options.seconds ?? ((options.frames as number) + 0.5) / fps
  const drive = simulateDrive({ seed, seconds, fps, width: size.width, height: size.height, rig })
  const out = await checkWritable(options.out)
  const view = new ProgressView(process.stderr, systemClock)
  const interrupt = interruptible(() => view.message('stopping; nothing is left behind'))
  const device = new LazyDevice()
  try {
    const written = await writeSimulatedLog({
      device,
      drive,
      lidar,
      images: picturedCameras(drive.scenario.rig.cameras, options.images),
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
      const pictures = `${written.frames} images of ${size.width}x${size.height} at ${fps}/s of ${written.images.join(', ')}`
      const parts = [written.images.length === 0 ? 'no images' : pictures, ...(written.sweeps > 0 ? [`${written.sweeps} sweeps`] : [])]
      process.stdout.write(`${written.folder}  ${what}, ${parts.join(', ')}\n`)
    }
  } finally {
    view.close()
    interrupt.release()
    await device.dispose()
  }
}
