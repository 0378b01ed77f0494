import type { AblationRow } from './ablation.ts'
import type { EditRow } from './edits.ts'
import { mean } from './figures.ts'
import type { JudgesReport } from './judges.ts'
import type { LongRow } from './long.ts'
import type { MainRow } from './main-part.ts'
import { ablationTable, aimsTable, lookTable, mainFigures, mainTable, networkTable, regionTable, table, winners } from './tables.ts'

/** What a run was asked for, as its texts state it. */
export interface Facts {
  readonly command: string
  readonly bundle: string
  readonly steps: number
  readonly drives: number
  readonly frames: number
  readonly ablationDrives: number
  readonly ablationFrames: number
}

const percent = (value: number) => (Number.isNaN(value) ? '-' : `${(100 * value).toFixed(0)} %`)

export function mainFragment(rows: readonly MainRow[], report: JudgesReport, facts: Facts): string {
  const { accuracy, iou } = report.heldOut
  const exact = report.heldOut.videos
  return `### Held-out drives

\`${facts.command}\`

${facts.drives} drives that were never trained on (\`test/heldout/seeds.json\`), ${facts.frames} frames, four looks each, all 20 looks equally often, ${facts.steps} steps; what \`virga augment\` publishes (decoded from its mp4, 320x176) against
the simulator's own render of the same drive in the asked look. Likeness is averaged over the 19 looks that are not the source's own. Flicker and latent-edge jump are relative to the truth's. Lane and vehicle IoU are of a
segmentation network's view of the video against the true classes, as shares of what the truth's own video scores: over 100 % where the truth itself hides what the variant keeps (lines under snow, in spray, beyond the headlights).

${aimsTable(mainFigures(rows, report))}

${mainTable(rows, report)}

What the network adds to its start (the relit or painted frames, 0 steps), on the first drives alone:

${networkTable(rows, report)}

The judges were trained on simulator frames of other drives (${report.trainedOn.scenes} scenes, ${report.trainedOn.videos} videos). Their own accuracy on ${exact} held-out videos: weather ${percent(accuracy.weather)}, light ${percent(accuracy.lighting)}, both
${percent(accuracy.look)}; IoU ${Object.entries(iou)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(', ')}; depth si-RMSE ${report.heldOut.depthSiRmse.toFixed(3)}.

PSNR / SSIM per look:

${lookTable(rows)}
`
}

export function ablationFragment(rows: readonly AblationRow[], report: JudgesReport, facts: Facts): string {
  return `### Controls alone and together

\`${facts.command}\`

${facts.ablationDrives} drives, ${facts.ablationFrames} frames, one look each in turn, through the generator alone (no detail transfer): what the network starts from is what the active controls give without camera video as a start. Figures of the Cosmos-Transfer1
paper (Tables 1 and 2) against the simulator's render of the asked look: SSIM of both videos blurred (preset low), F1 of Canny edges (preset very_low), scale-invariant error of the depth that a judge reads, mean IoU of the classes that it reads; lane and vehicle
IoU as shares of the truth's own video. Diversity (LPIPS) and quality (DOVER) need networks that this project does not have: left out.

${ablationTable(rows, report)}

${winners(rows, report).join('\n')}

Foreground (vehicles, people, paint, grown by 4 pixels) and background by control maps:

${regionTable(rows, report)}
`
}

export function editsFragment(rows: readonly EditRow[], facts: Facts): string {
  const pair = ([before, after]: readonly [number, number]) => `${percent(before)} → ${percent(after)}`
  const lines = (['vehicle removed', 'lane line moved'] as const).flatMap((edit) =>
    (['truth', 'map + LiDAR', 'camera video'] as const).flatMap((source) => {
      const found = rows.filter((row) => row.edit === edit && row.source === source)
      if (found.length === 0) return []
      const over = (pick: (row: EditRow) => readonly [number, number] | undefined): readonly [number, number] => [
        mean(found.map((row) => pick(row)?.[0] ?? NaN)),
        mean(found.map((row) => pick(row)?.[1] ?? NaN)),
      ]
      const change = over((row) => row.change)
      return [
        [
          edit,
          source,
          String(found.length),
          pair(over((row) => row.oldPlace)),
          edit === 'vehicle removed' ? '-' : pair(over((row) => row.newPlace)),
          `${change[0].toFixed(1)} / ${change[1].toFixed(1)}`,
        ],
      ]
    }),
  )
  return `### A changed scenario changes the video

\`${facts.command}\`

A vehicle is taken out of the scenario; a lane line is moved by 1.2 m. Share of the place's pixels that the judge takes for a vehicle or a lane line, in the variant of the drive as it was → of the changed one, and the mean change of the
pictures inside / outside the places (8-bit levels). With camera video only the labels are changed: the video still shows the thing, and so does the variant. Pictures: \`evaluation/pictures/\`.

${table(['edit', 'drive', 'cases', 'old place', 'new place', 'change'], lines)}
`
}

export function longFragment(rows: readonly LongRow[], facts: Facts): string {
  const lines = rows.map((row) => [
    `${row.seed}, ${row.look}`,
    row.source,
    `${row.frames} in ${row.clips}`,
    row.seamScore === null || Number.isNaN(row.seamScore) ? '-' : row.seamScore.toFixed(2),
    row.worst.toFixed(2),
    mean(row.steps).toFixed(2),
  ])
  return `### Long video

\`${facts.command}\`

Mean absolute difference from frame to frame: into the first frame of each further clip over all other steps (1 = no seam; the truth's own is beside), and the worst seam over the 95th percentile of the other steps.

${table(['drive', 'source', 'frames in clips', 'seam / elsewhere', 'worst seam / 95th percentile', 'mean step (levels)'], lines)}
`
}
