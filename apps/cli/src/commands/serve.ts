import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { ServerOptions } from '../options/server-options.ts'
import { integer } from '../options/parsers.ts'

interface ServeOptions {
  readonly listen?: string
  readonly home?: string
  readonly threads?: number
  readonly scenarioRoot?: string[]
  readonly tokens?: string
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('All services in this process: the gRPC API over a catalog in SQLite, blobs in a folder and topics in memory')
    .option('--listen <HOST:PORT>', 'where the gRPC API listens; port 0: any that is free (default: $VIRGA_LISTEN, else 127.0.0.1:7443)')
    .option('--home <DIR>', 'keeps DIR/catalog.sqlite, DIR/store and DIR/scenarios (default: $VIRGA_HOME, else ~/.cache/virga)')
    .option('--threads <N>', 'threads of the model (default: $VIRGA_THREADS, else all cores)', integer(1, 1024))
    .option('--scenario-root <DIR...>', 'folders below which file:/// scenarios may lie (default: none)')
    .option('--tokens <FILE>', 'lines of TOKEN TENANT [NAME]; without it everyone is the tenant "default"')
    .addHelpText(
      'after',
      `
Prints one line when it listens, then logs to stderr. Ctrl-C hands work back and ends; after a kill -9 the next start goes on with what was under way.
Everything else is set by the environment, as for the services one by one: see docs/services.md.

Examples:
  $ virga serve
  $ virga serve --listen 0.0.0.0:7443 --home /var/lib/virga --tokens tokens.txt
  $ virga --server localhost:7443 augment --simulate 7 --variant rain/night --out out`,
    )
    .action(async (options: ServeOptions, command: Command) => {
      const { VirgaError } = await import('@virga/errors')
      if (command.optsWithGlobals<ServerOptions>().server !== undefined) {
        throw new VirgaError('VIRGA_USAGE', 'serve is a server itself', { field: 'server', expected: '--listen HOST:PORT' })
      }
      const { gatewayPartWith } = await import('@virga/gateway')
      const { generatorParts, orchestratorParts, rendererParts } = await import('@virga/workers')
      const { startService } = await import('@virga/platform')
      const gateway = gatewayPartWith((port) => {
        const host = (env.VIRGA_LISTEN ?? '127.0.0.1:7443').replace(/:\d+$/, '')
        process.stdout.write(`virga serve: listening on ${host}:${port}\n`)
      })
      const env = environmentOf(options)
      const service = await startService({
        name: 'serve',
        parts: [gateway, ...orchestratorParts, ...rendererParts, ...generatorParts],
        env,
      })
      await service.ended
    })
}

/** Options as the settings of the services; what is not given stays as the environment has it. */
function environmentOf({ listen, home, threads, scenarioRoot, tokens }: ServeOptions): NodeJS.ProcessEnv {
  const root = home === undefined ? undefined : resolve(home)
  return {
    ...process.env,
    ...(listen === undefined ? {} : { VIRGA_LISTEN: listen }),
    ...(threads === undefined ? {} : { VIRGA_THREADS: String(threads) }),
    ...(tokens === undefined ? {} : { VIRGA_TOKENS: resolve(tokens) }),
    ...(scenarioRoot === undefined ? {} : { VIRGA_SCENARIO_ROOTS: scenarioRoot.map((folder) => resolve(folder)).join(':') }),
    ...(root === undefined
      ? {}
      : {
          VIRGA_CATALOG: `sqlite:${join(root, 'catalog.sqlite')}`,
          VIRGA_STORE: `file:${join(root, 'store')}`,
          VIRGA_BUS: 'in-process',
          VIRGA_SCENARIO_CACHE: join(root, 'scenarios'),
        }),
  }
}
