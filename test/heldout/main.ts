/**
 * Measures a bundle on held-out simulated drives, through the use cases that ship.
 *
 *   npx nx run heldout:evaluate [-- --bundle mini --drives 20 --frames 17 --out DIR]
 *
 *   --parts LIST        of main, ablation, edits, long, sheets; default all. `truth` only renders the drives, which the others do where it is not done
 *   --ablation-drives N --ablation-frames N   default 10 and 17
 *   --starts N          drives of which the start (0 steps) is measured too, default 4
 *   --edits N           drives that are changed, default 4;   --long N  frames of the long drive, default 363
 *   --steps N           solver steps, default the bundle's;   --threads N  default 1
 *   --part I/N          only every N-th drive, without tables: several processes share the work, and a run without it joins them
 *   --fresh             forget what was measured before
 *
 * What has been measured is kept below .cache/heldout by bundle, judges and simulator: a killed run goes on. Writes figures.json, one Markdown fragment per part,
 * and pictures into --out (default out/heldout).
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findBundle, loadBundle } from '@virga/models'
import { ablate, type AblationRow } from './run/ablation.ts'
import { type EditRow, measureEdits } from './run/edits.ts'
import { ablationFragment, editsFragment, type Facts, longFragment, mainFragment } from './run/fragments.ts'
import { openHost } from './run/host.ts'
import { openJudges } from './run/judges.ts'
import { type LongRow, measureLong } from './run/long.ts'
import { type MainRow, measureDrive, type Tools } from './run/main-part.ts'
import { cacheRoot, driveFrames, heldOutSeeds, planDrives } from './run/plan.ts'
import { Measurements } from './run/rows.ts'
import { HeldOutScene } from './run/scene.ts'
import { makeSheets } from './run/sheets.ts'
import { mainFigures } from './run/tables.ts'

const allParts = ['main', 'ablation', 'edits', 'long', 'sheets'] as const
const otherParts = ['truth']
const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: 'mini' },
    drives: { type: 'string', default: '20' },
    frames: { type: 'string', default: '17' },
    'ablation-drives': { type: 'string', default: '10' },
    'ablation-frames': { type: 'string', default: '17' },
    starts: { type: 'string', default: '4' },
    edits: { type: 'string', default: '4' },
    long: { type: 'string', default: '363' },
    parts: { type: 'string', default: allParts.join(',') },
    steps: { type: 'string' },
    threads: { type: 'string', default: '1' },
    part: { type: 'string', default: '0/1' },
    judges: { type: 'string', default: join(import.meta.dirname, 'judges') },
    out: { type: 'string', default: join('out', 'heldout') },
    fresh: { type: 'boolean', default: false },
  },
})

function whole(
  name: 'drives' | 'frames' | 'ablation-drives' | 'ablation-frames' | 'starts' | 'edits' | 'long' | 'threads',
  most = Infinity,
): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new Error(`--${name} ${values[name]}: a whole number from 0${most === Infinity ? '' : ` to ${most}`}`)
}

const parts = new Set(values.parts.split(','))
for (const part of parts) if (![...allParts, ...otherParts].includes(part)) throw new Error(`--parts ${part}: ${allParts.join(', ')}`)
const [part, of] = values.part.split('/').map(Number)
if (!(Number.isInteger(part) && Number.isInteger(of) && part >= 0 && part < of))
  throw new Error(`--part ${values.part}: I/N with 0 <= I < N`)
const isWhole = of === 1
const [drives, frames] = [whole('drives', heldOutSeeds.length), whole('frames', driveFrames)]
const [ablationDrives, ablationFrames] = [whole('ablation-drives', heldOutSeeds.length), whole('ablation-frames', driveFrames)]
const threads = whole('threads')
const out = resolve(values.out)
const pictures = join(out, 'pictures')
await mkdir(pictures, { recursive: true })

const startedMs = performance.now()
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const say = (text: string): boolean =>
  process.stdout.write(`[${((performance.now() - startedMs) / 1000).toFixed(0)} s, ${cpuSeconds().toFixed(0)} CPU s] ${text}\n`)
const rowsFolder = join(cacheRoot, 'rows')
if (values.fresh) await rm(rowsFolder, { recursive: true, force: true })

const bundle =
  isAbsolute(values.bundle) || values.bundle.startsWith('.') ? await loadBundle(values.bundle) : await findBundle(values.bundle)
const host = await openHost(threads, say)
const judges = await openJudges(values.judges, threads)
const steps = values.steps === undefined ? undefined : Number(values.steps)
const tools: Tools = { host, bundle, judges, threads, ...(steps === undefined ? {} : { steps }) }
const facts: Facts = {
  command: `npx nx run heldout:evaluate -- --bundle ${values.bundle} --drives ${drives} --frames ${frames} --ablation-drives ${ablationDrives}`,
  bundle: `${bundle.manifest.name} ${bundle.manifest.version}`,
  steps: steps ?? bundle.manifest.defaults.steps,
  ...{ drives, frames, ablationDrives, ablationFrames },
}
const figures: Record<string, unknown> = { ...facts, bundleDigest: bundle.digest, judges: judges.report.heldOut }
const fragment = async (name: string, text: string): Promise<void> => {
  if (isWhole) await writeFile(join(out, `${name}.md`), text)
}

try {
  if (parts.has('truth')) {
    for (const [i, { seed, looks }] of planDrives(drives, 4).entries()) {
      if (i % of !== part) continue
      await HeldOutScene.open(() => host.openDevice(), seed, looks)
      say(`truth: drive ${seed}, ${i + 1} of ${drives}`)
    }
  }
  if (parts.has('main')) {
    const store = new Measurements<MainRow>(rowsFolder)
    const rows: MainRow[] = []
    for (const [i, planned] of planDrives(drives, 4).entries()) {
      if (i % of !== part) continue
      rows.push(...(await measureDrive(tools, store, planned, frames, i < whole('starts'))))
      say(`main: drive ${planned.seed}, ${i + 1} of ${drives}`)
    }
    if (isWhole && rows.length > 0) {
      figures.main = mainFigures(rows, judges.report)
      figures.mainRows = rows.map(({ seen, ...row }) => ({ ...row, named: seen.look, siRmse: seen.siRmse }))
      await fragment('10-held-out', mainFragment(rows, judges.report, facts))
    }
  }
  if (parts.has('ablation')) {
    const store = new Measurements<AblationRow>(rowsFolder)
    const rows: AblationRow[] = []
    for (const [i, seed] of heldOutSeeds.slice(0, ablationDrives).entries()) {
      if (i % of !== part) continue
      rows.push(...(await ablate(tools, store, seed, i, ablationFrames)))
      say(`ablation: drive ${seed}, ${i + 1} of ${ablationDrives}`)
    }
    if (isWhole && rows.length > 0) {
      figures.ablation = rows.map(({ confusion: _, ...row }) => row)
      await fragment('20-controls', ablationFragment(rows, judges.report, facts))
    }
  }
  if (parts.has('edits') && part === 0) {
    const rows = await measureEdits(tools, new Measurements<EditRow>(rowsFolder), whole('edits'), pictures)
    say(`edits: ${rows.length} figures`)
    figures.edits = rows
    await fragment('30-edits', editsFragment(rows, facts))
  }
  if (parts.has('long') && part === of - 1) {
    const look = { weather: 'snow', lighting: 'day' } as const
    const rows = await measureLong(tools, new Measurements<LongRow>(rowsFolder), heldOutSeeds[0], look, whole('long'), pictures)
    say(`long: ${rows.map((row) => `${row.source} ${row.seamScore}`).join(', ')}`)
    figures.long = rows
    await fragment('40-long', longFragment(rows, facts))
  }
  if (parts.has('sheets') && part === of - 1) say(`sheets: ${(await makeSheets(tools, heldOutSeeds[0], pictures)).join(', ')}`)
  if (isWhole) await writeFile(join(out, 'figures.json'), `${JSON.stringify(figures, null, 1)}\n`)
  say(`done: ${out}`)
} finally {
  await judges.release()
  await host.close()
}
