import { Command } from 'commander'
import { integer } from '../options/parsers.ts'
import { table } from '../terminal/format.ts'

export function topicsCommand(): Command {
  return new Command('topics').description('The topics of a broker').addCommand(applyCommand())
}

function applyCommand(): Command {
  return new Command('apply')
    .description('Make the topics that are missing, and set what is set otherwise; doing it again changes nothing')
    .option('--replication <N>', "copies of each partition (default: the broker's own)", integer(1, 32))
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  $ VIRGA_BUS=kafka://localhost:9092 virga topics apply`)
    .action(async ({ replication, json }: { replication?: number; json?: true }) => {
      const { VirgaError } = await import('@virga/errors')
      const { loadBackendConfig } = await import('@virga/platform')
      const { bus } = loadBackendConfig(process.env)
      if (bus.kind !== 'kafka') {
        throw new VirgaError('VIRGA_USAGE', 'topics in this process need not be made', {
          field: 'VIRGA_BUS',
          expected: 'kafka://host:port[,host:port]',
        })
      }
      const { applyTopics } = await import('@virga/adapters/kafka')
      const { kind: _kind, ...address } = bus
      const topics = await applyTopics({ ...address, clientId: 'virga-topics-apply' }, replication === undefined ? {} : { replication })
      if (json === true) process.stdout.write(`${JSON.stringify({ topics }, null, 2)}\n`)
      else
        process.stdout.write(
          `${table(
            topics.map(({ topic, outcome, detail = '' }) => [topic, outcome, detail]),
            '',
          )}\n`,
        )
    })
}
