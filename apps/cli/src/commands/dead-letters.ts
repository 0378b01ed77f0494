import { Command } from 'commander'
import type { DeadLetter } from '@virga/contracts'
import { connectTo, type ServerOptions } from '../options/server-options.ts'
import { table } from '../terminal/format.ts'
import { when } from '../terminal/when.ts'

interface ListOptions {
  readonly all?: true
  readonly json?: true
}

export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('What a server gave up: list, look at, try again')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(redriveCommand())
    .addHelpText(
      'after',
      `
Examples:
  $ virga --server localhost:7443 dead-letters list
  $ virga --server localhost:7443 dead-letters show ID
  $ virga --server localhost:7443 dead-letters redrive ID
  $ virga --server localhost:7443 dead-letters redrive --all`,
    )
}

function listCommand(): Command {
  return new Command('list')
    .description('Dead tasks and records, the newest first')
    .option('--all', 'those that were redriven, too')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions, command: Command) => {
      const letters = await everything(command, options.all === true)
      if (options.json === true) return printJson(letters)
      const rows = letters.map((letter) => [
        idOf(letter),
        when(letter.createTime),
        letter.redriveTime === undefined ? '' : 'redriven',
        letter.failure?.reason ?? '',
        letter.task || letter.record,
        letter.failure?.message ?? '',
      ])
      process.stdout.write(rows.length === 0 ? 'no dead letters\n' : `${table(rows, '')}\n`)
    })
}

function showCommand(): Command {
  return new Command('show')
    .description('One dead letter: where it comes from, why, and its bytes')
    .argument('<ID>', 'as `list` gives it')
    .option('--json', 'print JSON; the payload in base64')
    .action(async (id: string, options: { json?: true }, command: Command) => {
      const client = await connectTo(command.optsWithGlobals<ServerOptions>())
      try {
        const letter = await client.deadLetters.getDeadLetter({ name: nameOf(id) })
        if (options.json === true) return await printJson([letter])
        const rows = [
          ['id', idOf(letter)],
          [letter.task === '' ? 'record' : 'task', letter.task || letter.record],
          ['since', when(letter.createTime)],
          ['reason', `${letter.failure?.reason ?? ''}: ${letter.failure?.message ?? ''}`],
          ...(letter.redriveTime === undefined ? [] : [['redriven', when(letter.redriveTime)]]),
          ...Object.entries(letter.headers).map(([key, value]) => [`header ${key}`, value]),
        ]
        process.stdout.write(`${table(rows, '')}\n\n${shown(letter.payload)}\n`)
      } finally {
        client.close()
      }
    })
}

function redriveCommand(): Command {
  return new Command('redrive')
    .description('Try again: a task becomes ready with a fresh count of failures, a record is read again')
    .argument('[ID...]', 'as `list` gives them')
    .option('--all', 'all that were not redriven yet')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ListOptions, command: Command) => {
      const { VirgaError } = await import('@virga/errors')
      if ((ids.length === 0) === (options.all === undefined)) {
        throw new VirgaError('VIRGA_USAGE', ids.length === 0 ? 'nothing was named' : 'both ids and --all were given', {
          expected: 'either ids or --all',
        })
      }
      const names = options.all === true ? (await everything(command, false)).map(({ name }) => name) : ids.map(nameOf)
      const client = await connectTo(command.optsWithGlobals<ServerOptions>())
      const letters: DeadLetter[] = []
      try {
        for (const name of names) {
          const letter = await client.deadLetters.redriveDeadLetter({ name })
          letters.push(letter)
          if (options.json !== true) process.stdout.write(`${idOf(letter)}: redriven (${letter.task || letter.record})\n`)
        }
      } finally {
        client.close()
      }
      if (options.json === true) await printJson(letters)
      else if (names.length === 0) process.stdout.write('no dead letters\n')
    })
}

async function everything(command: Command, includeRedriven: boolean): Promise<DeadLetter[]> {
  const client = await connectTo(command.optsWithGlobals<ServerOptions>())
  const { collect, pages } = await import('@virga/client')
  try {
    const list = pages(
      (pageToken) => client.deadLetters.listDeadLetters({ includeRedriven, pageSize: 500, pageToken }),
      ({ deadLetters }) => deadLetters,
    )
    return await collect(list)
  } finally {
    client.close()
  }
}

const nameOf = (id: string): string => (id.startsWith('deadLetters/') ? id : `deadLetters/${id}`)
const idOf = ({ name }: DeadLetter): string => name.slice('deadLetters/'.length)

async function printJson(letters: readonly DeadLetter[]): Promise<void> {
  const { DeadLetterSchema, toJson } = await import('@virga/contracts')
  process.stdout.write(`${JSON.stringify({ deadLetters: letters.map((letter) => toJson(DeadLetterSchema, letter)) }, null, 2)}\n`)
}

/** Text where the bytes are text, else base64. Control characters could steer the terminal. */
function shown(payload: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    if (!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) return text
  } catch {
    // not text
  }
  return `base64 ${Buffer.from(payload).toString('base64')}`
}
