import { Command } from 'commander'
import type { ScenarioSummary } from '@virga/scenario'
import { table } from '../terminal/format.ts'

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Say what a log holds: cameras, map, tracks, sweeps, and what is missing')
    .argument('<LOG>', 'folder of a log in any format that Virga reads')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ virga inspect path/to/log
  $ virga inspect path/to/log --json | jq .cameras[].name`,
    )
    .action(async (log: string, options: { json?: true }) => {
      const { openLog } = await import('@virga/formats')
      const { inspectScenario } = await import('@virga/scenario')
      const summary = inspectScenario(await openLog(log))
      process.stdout.write(options.json === true ? `${JSON.stringify(summary, null, 2)}\n` : describe(summary))
    })
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
    ['sweeps', sweeps === null ? 'none' : `${sweeps.count}${sweeps.hertz === null ? '' : ` at ${sweeps.hertz.toFixed(1)} Hz`}`],
  ]
  const cameras = summary.cameras.map(({ name, model, width, height, images }) => [
    name,
    model,
    `${width}x${height}`,
    images === null ? 'no images' : `${images.count} images${images.hertz === null ? '' : ` at ${images.hertz.toFixed(1)} Hz`}`,
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
