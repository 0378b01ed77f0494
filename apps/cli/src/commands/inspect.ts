import { Command } from 'commander'
import type { ScenarioSummary } from '@virga/scenario'
import { logOpenOptions, logOptions, type LogOptions } from '../options/log-options.ts'
import { table } from '../terminal/format.ts'

interface InspectOptions extends LogOptions {
  readonly json?: true
}

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('Say what a log holds: cameras, map, tracks, sweeps, and what is missing; of a data set, which clips')
    .argument('<LOG>', 'folder of a log in any format that Virga reads, or of an RDS-HQ data set')
    .option('--json', 'print JSON')
  return logOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ virga inspect path/to/log
  $ virga inspect path/to/log --json | jq .cameras[].name
  $ virga inspect path/to/clips
  $ virga inspect path/to/clips --clip CLIP_ID`,
    )
    .action(async (log: string, options: InspectOptions) => {
      const { openLog } = await import('@virga/formats')
      const { inspectScenario } = await import('@virga/scenario')
      const clips = options.clip === undefined ? await clipsAt(log) : []
      const isJson = options.json === true
      if (clips.length > 1) {
        process.stdout.write(
          isJson ? `${JSON.stringify({ clips }, null, 2)}\n` : `${clips.join('\n')}\n${clips.length} clips; choose one with --clip ID\n`,
        )
        return
      }
      const summary = inspectScenario(await openLog(log, logOpenOptions(options)))
      process.stdout.write(isJson ? `${JSON.stringify(summary, null, 2)}\n` : describe(summary))
    })
}

/** The clips of a data set, from its listing alone: one of terabytes answers as fast as a small one. */
async function clipsAt(path: string): Promise<string[]> {
  const { listClips, recogniseFormat } = await import('@virga/formats')
  return (await recogniseFormat(path)).hasClips ? listClips(path) : []
}

function describe(summary: ScenarioSummary): string {
  const { tracks, sweeps, frames } = summary
  const facts = [
    ['scenario', summary.id],
    ['format', summary.format],
    ['folder', summary.uri],
    ['licence', summary.licence ?? 'the source states none'],
    ['region', summary.region ?? '-'],
    ['duration', `${summary.durationSeconds.toFixed(2)} s, ${summary.egoPathMetres.toFixed(1)} m driven, ${summary.egoPoses} ego poses`],
    ['frames', `${frames.images} images, ${frames.sweeps} LiDAR sweeps, ${frames.labelled} labelled moments`],
    ['lidars', summary.lidars.join(', ') || '-'],
    ...(summary.captions.length === 0 ? [] : [['captions', summary.captions.join(', ')]]),
    ['sweeps', sweeps === null ? 'none' : `${sweeps.count}${sweeps.hertz === null ? '' : ` at ${sweeps.hertz.toFixed(1)} Hz`}`],
  ]
  const cameras = summary.cameras.map(({ name, model, width, height, images, placed, masked }) => [
    name,
    model,
    `${width}x${height}`,
    images === null ? 'no images' : `${images.count} images${images.hertz === null ? '' : ` at ${images.hertz.toFixed(1)} Hz`}`,
    `${placed === 'by-frame' ? 'a pose for each frame' : 'fixed on the vehicle'}${masked ? ', mask of the own vehicle' : ''}`,
  ])
  const classes = Object.entries(tracks.byClass).map(([name, count]) => [name, `${count.tracks} tracks`, `${count.boxes} boxes`])
  const missing = summary.missing.map(({ part, detail }) => [part, detail])
  return [
    table(facts, ''),
    section('cameras', cameras),
    section(
      'map',
      Object.entries(summary.map).map(([kind, count]) => [kind, String(count)]),
    ),
    section(
      'lane lines',
      Object.entries(summary.laneLines).map(([kind, count]) => [kind, String(count)]),
    ),
    section(`tracks (${tracks.total}, ${tracks.boxes} boxes)`, classes),
    section('missing', missing),
    '',
  ].join('\n')
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return `\n${title}\n${rows.length === 0 ? '  none' : table(rows)}`
}
