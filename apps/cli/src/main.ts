import { CommanderError } from 'commander'
import { exitCodeOf, isVirgaError } from '@virga/errors'
import { createProgram } from './program.ts'

/** Exit codes: 0 ok, 2 usage, 3 bad input, 4 something missing on this machine, 5 failed while running. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync(process.argv)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const code = exitCodeOf(error)
    if (isVirgaError(error)) {
      process.stderr.write(`virga: ${error.message} [${error.code}]\n`)
      if (process.env.VIRGA_DEBUG === '1') process.stderr.write(`${describe(error)}\n`)
    } else {
      process.stderr.write(`virga: unforeseen failure, which is a defect of Virga\n${describe(error)}\n`)
    }
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: errorReport(error, code) })}\n`)
    return code
  }
}

function errorReport(error: unknown, exitCode: number): object {
  if (isVirgaError(error)) return { code: error.code, message: error.message, place: error.place, exitCode }
  return { code: 'VIRGA_INTERNAL', message: error instanceof Error ? error.message : String(error), exitCode }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? (error.stack ?? error.message) : `${error.stack ?? error.message}\ncaused by: ${describe(error.cause)}`
}

// Native add-ons keep the process alive or end it badly when left to themselves, so the end is explicit.
process.exit(await main())
