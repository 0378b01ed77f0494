import { Command } from 'commander'
import { table } from '../terminal/format.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Try everything that Virga needs on this machine: renders a frame, encodes and decodes it, opens the bundles, writes to the store',
    )
    .option('--store <DIR>', 'the store to try (default: $VIRGA_HOME/store, else ~/.cache/virga/store)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code 0 when every check passes, 4 otherwise.\n\nExamples:\n  $ virga doctor\n  $ virga doctor --json | jq .checks',
    )
    .action(async (options: { json?: true; store?: string }) => {
      const { VirgaError } = await import('@virga/errors')
      const { runChecks } = await import('../doctor/run-checks.ts')
      const checks = await runChecks(options.store)
      if (options.json === true) process.stdout.write(`${JSON.stringify({ checks }, null, 2)}\n`)
      else {
        const mark = { ok: 'ok', warning: 'hint', failed: 'FAILED' } as const
        process.stdout.write(
          `${table(
            checks.map(({ state, name, detail }) => [mark[state], name, detail]),
            '',
          )}\n`,
        )
        for (const { hint } of checks) if (hint !== undefined) process.stdout.write(`\n${hint}\n`)
      }
      const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name)
      if (failed.length > 0) throw new VirgaError('VIRGA_MISSING_DEPENDENCY', `this machine fails: ${failed.join(', ')}`)
    })
}
