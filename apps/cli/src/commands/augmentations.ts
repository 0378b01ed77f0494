import { Command } from 'commander'
import { type Augmentation, Augmentation_State, AugmentationSchema, Task_Stage, Task_State, TaskSchema, toJson } from '@virga/contracts'
import { connectTo, type ServerOptions } from '../options/server-options.ts'
import { integer } from '../options/parsers.ts'
import { table } from '../terminal/format.ts'
import { when } from '../terminal/when.ts'

interface ListOptions {
  readonly filter?: string
  readonly limit: number
  readonly json?: true
}

export function listCommand(): Command {
  return new Command('list')
    .description('Augmentations of a server, the newest first')
    .option('--filter <TEXT>', `such as 'state = RUNNING AND labels.campaign = "winter"'`)
    .option('--limit <N>', 'at most so many', integer(1, 100_000), 50)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  $ virga --server localhost:7443 list --filter 'state = FAILED'`)
    .action(async (options: ListOptions, command: Command) => {
      const client = await connectTo(command.optsWithGlobals<ServerOptions>())
      const { pages } = await import('@virga/client')
      const found: Augmentation[] = []
      try {
        const list = pages(
          (pageToken) =>
            client.augmentations.listAugmentations({ filter: options.filter ?? '', pageSize: Math.min(options.limit, 500), pageToken }),
          ({ augmentations }) => augmentations,
        )
        for await (const one of list) {
          found.push(one)
          if (found.length === options.limit) break
        }
      } finally {
        client.close()
      }
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ augmentations: found.map((one) => toJson(AugmentationSchema, one)) }, null, 2)}\n`)
        return
      }
      const rows = found.map((one) => [idOf(one), Augmentation_State[one.state], tasksOf(one), when(one.createTime), one.scenario])
      process.stdout.write(rows.length === 0 ? 'no augmentations\n' : `${table(rows, '')}\n`)
    })
}

export function statusCommand(): Command {
  return new Command('status')
    .description('One augmentation of a server, with its tasks')
    .argument('<ID>', 'as `virga list` gives it')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  $ virga --server localhost:7443 status ID`)
    .action(async (id: string, options: { json?: true }, command: Command) => {
      const client = await connectTo(command.optsWithGlobals<ServerOptions>())
      const { collect, pages } = await import('@virga/client')
      try {
        const name = id.startsWith('augmentations/') ? id : `augmentations/${id}`
        const one = await client.augmentations.getAugmentation({ name })
        const list = pages(
          (pageToken) => client.tasks.listTasks({ parent: name, pageSize: 500, pageToken }),
          ({ tasks }) => tasks,
        )
        const tasks = await collect(list)
        if (options.json === true) {
          const document = { augmentation: toJson(AugmentationSchema, one), tasks: tasks.map((task) => toJson(TaskSchema, task)) }
          process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
          return
        }
        process.stdout.write(`${idOf(one)}  ${Augmentation_State[one.state]}  ${tasksOf(one)}  since ${when(one.createTime)}\n`)
        if (one.failure !== undefined) process.stdout.write(`${one.failure.reason}: ${one.failure.message}\n`)
        const rows = tasks.map((task) => [
          task.name.slice(`${name}/tasks/`.length),
          Task_Stage[task.stage],
          Task_State[task.state],
          task.attempts.at(-1)?.worker ?? '',
          task.failure?.message ?? '',
        ])
        process.stdout.write(rows.length === 0 ? '' : `${table(rows)}\n`)
      } finally {
        client.close()
      }
    })
}

const idOf = ({ name }: Augmentation): string => name.slice('augmentations/'.length)

function tasksOf({ taskCounts }: Augmentation): string {
  const { waiting = 0, ready = 0, running = 0, done = 0, dead = 0, cancelled = 0 } = taskCounts ?? {}
  const all = waiting + ready + running + done + dead + cancelled
  return `${done}/${all} tasks${dead === 0 ? '' : `, ${dead} dead`}`
}
