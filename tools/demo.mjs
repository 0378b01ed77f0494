/**
 * `npm run demo`: a simulated drive becomes four variants. On a fresh clone it installs the workspace first; a second run reuses the
 * stages of the first.
 *
 *   npm run demo -- --frames 17          a short one
 *   npm run demo -- --out other-folder   elsewhere than demo-out
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled } from './install.mjs'
import { workspaceRoot } from './runtime.mjs'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '49' },
    seed: { type: 'string', default: '900012' },
    out: { type: 'string', default: join(workspaceRoot, 'demo-out') },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write('npm run demo -- [--frames N] [--seed N] [--out DIR]\n')
  process.exit(0)
}
const variants = ['rain/night', 'snow/day', 'fog/morning', 'overcast/golden-hour']

ensureInstalled()
const out = resolve(values.out)
process.stdout.write(`A simulated drive (seed ${values.seed}, ${values.frames} frames) in clear/day becomes ${variants.join(', ')}.\n`)
const started = Date.now()
const done = spawnSync(
  join(workspaceRoot, 'apps', 'cli', 'bin', 'virga'),
  [
    ...['augment', '--simulate', values.seed, '--frames', values.frames, '--bundle', 'mini'],
    ...variants.flatMap((variant) => ['--variant', variant]),
    ...['--store', join(out, '.store'), '--out', out],
  ],
  { stdio: 'inherit' },
)
if (done.error) throw done.error
if (done.status !== 0) process.exit(done.status ?? 1)
for (const name of ['contact-sheet.png', 'report.html']) {
  if (!existsSync(join(out, name))) {
    process.stderr.write(`the demo did not write ${join(out, name)}\n`)
    process.exit(5)
  }
}
process.stdout.write(
  `Done in ${Math.round((Date.now() - started) / 1000)} s. Open ${join(out, 'report.html')} in a browser; "npm run demo" again reuses every stage.\n`,
)
