import { join } from 'node:path'
import { inspect } from 'node:util'
import { exitCodeOf } from '@virga/errors'
import { ownStack } from '../support/own-stack.ts'
import { freshFolder } from '../support/fresh-folder.ts'
import { soakOptions } from './options.ts'
import { soak, type SoakReport } from './soak.ts'

function ledger(report: SoakReport): string {
  const all = Object.entries(report.kills).sort(([a], [b]) => a.localeCompare(b))
  return [
    ...all.map(([name, count]) => `  ${name.padEnd(16)} killed ${count} times`),
    `  tries            ${report.attempts}, of them ${report.expired} with a lease that ran out, ${report.failed} failed`,
    `  done twice       ${report.repeated} tries had done their work when it was another's: refused, same bytes`,
    `  time             ${report.seconds.toFixed(0)} s`,
    ...report.lost.map((line) => `  LOST     ${line}`),
    ...report.doubled.map((line) => `  DOUBLED  ${line}`),
    ...report.crashed.map((name) => `  CRASHED  ${name} ended by itself`),
  ].join('\n')
}

try {
  const options = soakOptions(process.argv.slice(2))
  const folder = await freshFolder('soak')
  process.stdout.write(`${options.tasks} tasks, ${options.kills} kills, seed ${options.seed}; data and logs in ${folder}\n`)
  const log = (line: string) => process.stdout.write(`${line}\n`)
  const stack = await ownStack(join(folder, 'stack'), log)
  try {
    const report = await soak(stack, options, log)
    const kills = Object.values(report.kills).reduce((sum, count) => sum + count, 0)
    log(ledger(report))
    log(`${report.done} done, ${kills} kills, ${report.lost.length} lost, ${report.doubled.length} doubled`)
    const right =
      report.done === options.tasks && kills === options.kills && report.lost.length + report.doubled.length + report.crashed.length === 0
    process.exitCode = right ? 0 : 5
  } finally {
    await stack.stop()
  }
} catch (error) {
  process.stderr.write(`chaos:soak: ${inspect(error, { depth: 3 })}\n`)
  process.exitCode = exitCodeOf(error)
}
process.exit()
