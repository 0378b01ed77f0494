/**
 * Writes the training set: `node tools/run.mjs libs/simulation/src/training-set/export.ts --out DIR [--train N --val N --test N --frames T --looks K]`.
 *
 * Scenes that are there already are left alone, so a killed export goes on where it stopped; several processes may share a set with --part I/N.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { VirgaError } from '@virga/errors'
import { openRenderDevice } from '@virga/rendering'
import { planSet } from './plan.ts'
import { hasConditions, writeConditions } from './write-conditions.ts'
import { isCurrent, scenePath, writeScene } from './write-scene.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    train: { type: 'string', default: '160' },
    val: { type: 'string', default: '8' },
    test: { type: 'string', default: '5' },
    frames: { type: 'string', default: '33' },
    looks: { type: 'string', default: '5' },
    part: { type: 'string', default: '0/1' },
    /** `conditions`: only add the missing conditions to scenes that are there. */
    add: { type: 'string' },
  },
})
const { out } = values
if (out === undefined) throw new VirgaError('VIRGA_USAGE', 'no folder to write to', { expected: '--out DIR' })
const count = (name: 'train' | 'val' | 'test' | 'frames' | 'looks', good: (n: number) => boolean, expected: string): number => {
  const n = Number(values[name])
  if (!Number.isInteger(n) || !good(n)) throw new VirgaError('VIRGA_USAGE', `--${name} ${values[name]}`, { expected })
  return n
}
const natural = (n: number): boolean => n >= 0
const scenes = planSet({
  train: count('train', natural, 'a number of scenes'),
  val: count('val', natural, 'a number of scenes'),
  test: count('test', natural, 'a number of scenes'),
  frames: count('frames', (n) => n > 0 && n % 8 === 1, '8 m + 1 frames'),
  looks: count('looks', (n) => n >= 0 && n <= 19, '0 to 19 looks besides the source'),
})
const [part, parts] = values.part.split('/').map(Number)
if (values.add !== undefined && values.add !== 'conditions')
  throw new VirgaError('VIRGA_USAGE', `--add ${values.add}`, { expected: 'conditions' })

const device = await openRenderDevice()
process.stdout.write(`${scenes.length} scenes on ${device.adapter.name}\n`)
// New scenes first, then those that an older version of the simulation made.
const missing = scenes.filter((plan) => !existsSync(scenePath(out, plan)))
for (const [i, plan] of [...missing, ...scenes.filter((plan) => !missing.includes(plan))].entries()) {
  if (i % parts !== part) continue
  const path = scenePath(out, plan)
  const started = performance.now()
  if (values.add !== undefined || (isCurrent(out, plan) && !hasConditions(path))) {
    if (isCurrent(out, plan)) await writeConditions(device, path, plan)
    continue
  }
  if (isCurrent(out, plan)) continue
  await mkdir(dirname(path), { recursive: true })
  const { pictures, conditions } = await writeScene(device, out, plan)
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(
    `${plan.split}/${plan.seed} ${plan.frames} frames x ${plan.looks.length} looks in ${seconds.toFixed(1)} s (CPU s: pictures ${pictures.toFixed(1)}, conditions ${conditions.toFixed(1)})\n`,
  )
}
device.dispose()
