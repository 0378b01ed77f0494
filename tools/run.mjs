#!/usr/bin/env node
/**
 * Runs a tool or a TypeScript file on the pinned Node 24 with the environment that rendering needs.
 *
 *   node tools/run.mjs eslint .            a command from node_modules/.bin
 *   node tools/run.mjs path/to/file.ts     a TypeScript file (Node 24 strips the types itself)
 *
 * Runs on any Node >= 20; no dependencies, since it is what comes before the installation.
 */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nodeBinary, runtimeEnvironment, workspaceRoot } from './runtime.mjs'

const [name, ...rest] = process.argv.slice(2)
if (name === undefined) {
  process.stderr.write('usage: node tools/run.mjs <tool or file> [arguments]\n')
  process.exit(2)
}
const tool = join(workspaceRoot, 'node_modules', '.bin', name)
const script = existsSync(tool) ? realpathSync(tool) : resolve(name)
const child = spawn(nodeBinary(), [script, ...rest], { stdio: 'inherit', env: runtimeEnvironment() })
// Who ends this process means the one that it runs; Ctrl-C in a terminal reaches both by itself.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
process.on('SIGINT', () => undefined)
child.on('error', (error) => {
  throw error
})
child.on('close', (status) => process.exit(status ?? 1))
