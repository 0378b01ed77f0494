/**
 * Renders the conformance corpus and compares it with the reference renderer of this folder.
 *
 *   nx run conditions:conformance [-- --out DIR] [--only TEXT] [--engine own|gpu] [--update]
 *
 * Prints a table, writes `DIR/index.html` (default out/conformance) and ends with 1 when a case is off. `--update` makes the committed reference
 * pictures anew. Software adapters draw in typed arrays; `--engine gpu` has them take WebGPU as a graphics card would.
 */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openRenderDevice } from '@virga/rendering'
import { writePage } from './run/page.ts'
import { type Outcome, runCases } from './run/run-cases.ts'
import { summary, tableHead, tableLine } from './run/table.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join('out', 'conformance') },
    only: { type: 'string' },
    update: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'own' },
  },
})
if (values.engine !== 'own' && values.engine !== 'gpu') throw new Error(`--engine ${values.engine}: own or gpu`)
const { engine } = values
const say = (text: string): boolean => process.stdout.write(`${text}\n`)

const device = await openRenderDevice()
const outcomes: Outcome[] = []
try {
  say(tableHead)
  for await (const outcome of runCases(device, {
    ...(values.only === undefined ? {} : { only: values.only }),
    redraw: true,
    engine,
    update: values.update,
  })) {
    outcomes.push(outcome)
    say(tableLine(outcome))
  }
} finally {
  device.dispose()
}
for (const text of summary(outcomes)) say(text)
const page = await writePage(resolve(values.out), outcomes, device.adapter.name)
say(`page: ${page}`)
if (outcomes.length === 0 || outcomes.some(({ passed }) => !passed)) process.exitCode = 1
