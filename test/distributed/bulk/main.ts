import { join } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { exitCodeOf } from '@virga/errors'
import { freshFolder } from '../support/fresh-folder.ts'
import { ownStack } from '../support/own-stack.ts'
import { bulk } from './bulk.ts'

try {
  const option = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({ options: { requests: option('1000'), poisoned: option('50'), minutes: option('15') } })
  const options = { requests: Number(values.requests), poisoned: Number(values.poisoned), minutes: Number(values.minutes) }
  const folder = await freshFolder('bulk')
  const log = (line: string) => process.stdout.write(`${line}\n`)
  log(`${options.requests} requests, ${options.poisoned} of them poisoned; data and logs in ${folder}`)
  const stack = await ownStack(join(folder, 'stack'), log)
  try {
    const { finished, dead, lost, doubled, reasons, tasks, seconds } = await bulk(stack, options, log)
    for (const [reason, count] of Object.entries(reasons)) log(`  dead      ${String(count).padStart(4)}  ${reason}`)
    log(`  finished  ${String(finished).padStart(4)}  ${tasks} tasks, every output read back and compared`)
    log(`  time      ${seconds.toFixed(0)} s`)
    for (const line of lost) log(`  LOST     ${line}`)
    for (const line of doubled) log(`  DOUBLED  ${line}`)
    log(`${finished} finished, ${dead} dead, ${lost.length} lost, ${doubled.length} doubled`)
    const right = finished === options.requests - options.poisoned && dead === options.poisoned && lost.length + doubled.length === 0
    process.exitCode = right ? 0 : 5
  } finally {
    await stack.stop()
  }
} catch (error) {
  process.stderr.write(`bulk:thousand: ${inspect(error, { depth: 3 })}\n`)
  process.exitCode = exitCodeOf(error)
}
process.exit()
