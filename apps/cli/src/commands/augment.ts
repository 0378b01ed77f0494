import { hostname } from 'node:os'
import { Command, Option } from 'commander'
import type { AugmentRequest } from '@virga/augmentation'
import type { OpenLogOptions } from '@virga/formats'
import type { OpenedHost } from '../host/open-host.ts'
import { generationOptions, generationRequest } from '../options/generation-options.ts'
import { logOpenOptions, logOptions } from '../options/log-options.ts'
import { collect, decimal, integer, names, pixelSize } from '../options/parsers.ts'
import { serverOf, type ServerOptions } from '../options/server-options.ts'
import type { AugmentOptions } from './augment-options.ts'
import { printResult } from './print-result.ts'

export function augmentCommand(): Command {
  const command = new Command('augment')
    .description('Make variants of a drive: same road, traffic and labels, other weather and light')
    .argument('[LOG]', 'folder of a log in any format that Virga reads')
    .addOption(new Option('--simulate <SEED>', 'a simulated drive in place of a log').argParser(integer(0, 2 ** 32 - 1)))
    .option('--camera <NAME,...>', 'cameras, as `virga inspect` lists them (default with --simulate: front)', names)
    .requiredOption(
      '--variant <WEATHER/LIGHTING>',
      'repeatable; weather clear, overcast, rain, snow, fog; lighting morning, day, golden-hour, night',
      collect,
    )
    .option('--bundle <NAME|DIR>', 'model bundle, as `virga bundle list` lists them', 'mini')
    .option('--frames <N>', 'how many frames (default: 121, or as many as the log has)', integer(1))
    .option(
      '--start <SECONDS>',
      'where to begin (default: 0)',
      decimal((value) => value >= 0, 'a number of seconds of at least 0'),
    )

  generationOptions(command)
    .option(
      '--control-map <FILE|NAME>',
      'weights per control, frame and pixel: a control map, a controlnet_specs file or a map that comes with Virga',
    )
    .option('--size <WxH>', 'with --simulate: pixels of the simulated camera (default: twice the size of the bundle)', pixelSize)
    .option('--threads <N>', 'threads of the model (default: all cores)', integer(1, 1024))
    .option('--store <DIR>', 'where finished stages are kept (default: $VIRGA_HOME/store, else ~/.cache/virga/store)')
    .requiredOption('--out <DIR>', 'writes DIR/<scenario>/<camera>/<variant>/video.mp4, DIR/contact-sheet.png, DIR/report.html')
    .option('--json', 'print JSON')
  return logOptions(command)
    .addHelpText(
      'after',
      `
Stages that are finished are kept in the store and reused; a run that was stopped or killed goes on where it was.
A log with camera images gives variants on its own pixels; one without gives the layout, painted from labels, at up to four times the size of the bundle.
Images are taken at the time nearest to each frame of the bundle's rate.
Videos longer than the bundle's clip are made clip by clip, each going on from the last frames of the one before where the bundle can, else
blended; memory does not grow with the length. Ctrl-C stops within one evaluation of the network.

With --server the work is done there: LOG may also be a URI that the server reads, or scenarios/ID, and folders are uploaded once. The output is
the same. A run that was killed is followed again by the same command; Ctrl-C cancels the work, and the same command begins it anew from the
finished stages.

What the network's change begins from: the camera video relit, where vis or edge has weight; else the labels painted or the prior of the
controls, as the bundle has it. --strength below 1 begins nearer to that; of a bundle without any of these, nearer to the camera video.

Examples:
  $ virga augment path/to/log --camera ring_front_center --variant rain/night --variant snow/day --frames 121 --out out
  $ virga augment --simulate 7 --variant fog/morning --frames 49 --out out
  $ virga augment --simulate 7 --variant rain/night --control-map road-and-vehicles --out out
  $ virga augment path/to/log --camera front --variant snow/night --controls hdmap,lidar --out layout
  $ virga augment path/to/log --camera front --variant snow/night --weight hdmap=1,edge=0.5,vis=0.25 --out mixed
  $ virga augment --simulate 7 --variant rain/night --strength 0.6 --steps 8 --solver 2ab --out near
  $ virga augment --simulate 7 --variant fog/day --guidance 2 --negative-prompt "bright sun" --out guided
  $ virga augment --simulate 7 --variant snow/day --frames 363 --first-frame start.png --out long
  $ virga --server localhost:7443 augment path/to/log --camera front --variant rain/night --out out`,
    )
    .action(augmentAction)
}

async function augmentAction(log: string | undefined, options: AugmentOptions, command: Command): Promise<void> {
  const { VirgaError } = await import('@virga/errors')
  if ((log === undefined) === (options.simulate === undefined)) {
    throw new VirgaError('VIRGA_USAGE', log === undefined ? 'no drive was given' : 'both a log and --simulate were given', {
      expected: 'either LOG or --simulate SEED',
    })
  }
  const server = command.optsWithGlobals<ServerOptions>()
  if (serverOf(server) !== undefined) {
    const { remoteAugment } = await import('../remote/remote-augment.ts')
    return remoteAugment(server, log, options)
  }
  if (log !== undefined && options.camera === undefined) {
    throw new VirgaError('VIRGA_USAGE', 'no camera was named', {
      field: 'camera',
      expected: `one of: ${await camerasOf(log, logOpenOptions(options))}`,
    })
  }
  const { parseLook, lookName } = await import('@virga/simulation')
  const { findBundle, loadBundle } = await import('@virga/models')
  const { bundleFolder } = await import('../host/bundle-folder.ts')
  const variants = [...new Map(options.variant.map(parseLook).map((look) => [lookName(look), look])).values()]
  const folder = bundleFolder(options.bundle)
  const bundle = folder === undefined ? await findBundle(options.bundle) : await loadBundle(folder)

  const given = await generationRequest(options, options.controlMap !== undefined)
  const asked = await controlsAsked(options, (name) => command.getOptionValueSource(name) === 'cli')

  const { checkWritable, removeUnfinished } = await import('../host/output-folder.ts')
  const { openHost } = await import('../host/open-host.ts')
  const { augment } = await import('@virga/augmentation')
  const out = await checkWritable(options.out)
  await removeUnfinished(out)
  const host = await openHost(options)
  const { width, height } = bundle.manifest.video
  const open = logOpenOptions(options)
  const startedMs = host.clock.now()
  try {
    const result = await augment(host, {
      drive:
        log !== undefined
          ? { kind: 'log', path: log, ...(Object.keys(open).length === 0 ? {} : { open }) }
          : { kind: 'simulation', seed: options.simulate as number, size: options.size ?? { width: width * 2, height: height * 2 } },
      cameras: options.camera ?? [],
      variants,
      bundle,
      out,
      seed: options.seed,
      ...asked,
      ...given,
      ...(options.frames === undefined ? {} : { frames: options.frames }),
      ...(options.start === undefined ? {} : { startSeconds: options.start }),
    })
    host.view.close()
    await logRun(host, startedMs)
    const stages = { made: host.view.made, reused: host.view.reused }
    printResult({ ...result, out, stages }, `Stages: ${stages.made} made, ${stages.reused} reused`, options.json === true)
  } finally {
    await host.close()
  }
}

/** The control map; a controlnet_specs file also gives what was not given on the command line. What becomes of its entries is told. */
async function controlsAsked({ controlMap: file }: AugmentOptions, isGiven: (option: string) => boolean): Promise<Partial<AugmentRequest>> {
  if (file === undefined) return {}
  const { loadControlMap, specsReport } = await import('@virga/conditions')
  const controlMap = await loadControlMap(file)
  const { specs } = controlMap
  if (specs === undefined) return { controlMap }
  process.stderr.write(
    `${file}:\n${specsReport(specs)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  )
  const { prompt, negativePrompt, seed, steps, guidance } = specs
  return {
    controlMap,
    ...(prompt === undefined || isGiven('prompt') ? {} : { prompt }),
    ...(seed === undefined || isGiven('seed') ? {} : { seed }),
    ...(steps === undefined || isGiven('steps') ? {} : { steps }),
    ...(negativePrompt === undefined ? {} : { negativePrompt }),
    ...(guidance === undefined ? {} : { guidance }),
  }
}

/** What differs between two runs of the same work is kept beside the stages, not in what is published. */
async function logRun(host: OpenedHost, startedMs: number): Promise<void> {
  const finishedMs = host.clock.now()
  const at = (ms: number) => new Date(ms).toISOString()
  await host.store.writeEntry('runs', `${at(startedMs).replaceAll(/[:.]/g, '-')}-${process.pid}`, {
    command: process.argv.slice(2),
    started: at(startedMs),
    finished: at(finishedMs),
    seconds: (finishedMs - startedMs) / 1000,
    host: hostname(),
    stages: { made: host.view.made, reused: host.view.reused },
  })
}

async function camerasOf(log: string, open: OpenLogOptions): Promise<string> {
  const { openLog } = await import('@virga/formats')
  return (await openLog(log, open)).rig.cameras.map(({ name }) => name).join(', ') || 'none: the log has no calibration'
}
