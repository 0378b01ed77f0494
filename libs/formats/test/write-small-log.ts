/**
 * Writes the small log of the tests, complete with sweeps and images, for a check by other tools:
 *
 *   node tools/run.mjs libs/formats/test/write-small-log.ts OUT && python libs/formats/test/av2_package_check.py OUT
 */
import { writeArgoverse2 } from '../src/index.ts'
import { smallScenario } from './small-scenario.ts'

const [out] = process.argv.slice(2)
if (out === undefined) throw new Error('usage: write-small-log.ts OUT')
const { dir } = await writeArgoverse2(smallScenario(), out, { replace: true })
process.stdout.write(`${dir}\n`)
