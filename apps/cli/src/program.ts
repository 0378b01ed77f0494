import { Command } from 'commander'
import { augmentCommand } from './commands/augment.ts'
import { listCommand, statusCommand } from './commands/augmentations.ts'
import { bundleCommand } from './commands/bundle.ts'
import { convertCommand } from './commands/convert.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { doctorCommand } from './commands/doctor.ts'
import { inspectCommand } from './commands/inspect.ts'
import { previewCommand } from './commands/preview.ts'
import { renderCommand } from './commands/render.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { storageCommand } from './commands/storage.ts'
import { topicsCommand } from './commands/topics.ts'
import { serverOptions } from './options/server-options.ts'
import { version } from './version.ts'

/** The `virga` command. Each subcommand loads what it needs when it runs, so that help is quick. */
export function createProgram(): Command {
  const program = serverOptions(new Command('virga'))
    .description('Turns one recorded or simulated drive into many: same road, same traffic, same labels, other weather and light.')
    .version(version)
    .addHelpText(
      'after',
      `
Examples:
  $ virga doctor
  $ virga inspect path/to/log
  $ virga augment path/to/log --camera ring_front_center --variant rain/night --variant snow/day --out out
  $ virga augment --simulate 7 --camera front --variant rain/night --out out
  $ virga serve
  $ virga --server localhost:7443 augment --simulate 7 --variant rain/night --out out

Exit codes: 0 ok, 2 usage, 3 bad input, 4 something missing on this machine, 5 failed while running`,
    )
  for (const command of [
    doctorCommand(),
    inspectCommand(),
    simulateCommand(),
    convertCommand(),
    previewCommand(),
    renderCommand(),
    augmentCommand(),
    bundleCommand(),
    serveCommand(),
    listCommand(),
    statusCommand(),
    deadLettersCommand(),
    topicsCommand(),
    storageCommand(),
  ]) {
    program.addCommand(command)
  }
  return withThrownErrors(program)
}

/** commander ends the process by itself unless every command is told to throw. */
function withThrownErrors(command: Command): Command {
  command.exitOverride().showHelpAfterError('(add --help for usage and examples)')
  for (const child of command.commands) withThrownErrors(child)
  return command
}
