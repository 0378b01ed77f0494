#!/usr/bin/env node
/**
 * Holds both implementations against the numbers of the official code: exports the fixture networks to ONNX, then runs the TypeScript and the Python fixture
 * tests. The folder is VIRGA_FIXTURES (default ../shared/fixtures beside the workspace); cases and shapes are discovered from its files.
 *
 *   npm run test:fixtures
 *
 * Exit code: 0 all passed, 4 folder or Python environment missing, 5 a test or the export failed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nodeBinary, runtimeEnvironment, workspaceRoot } from './runtime.mjs'

const started = Date.now()
const defaultFixtures = resolve(workspaceRoot, '../shared/fixtures')
const fixtures = resolve(workspaceRoot, process.env.VIRGA_FIXTURES || defaultFixtures)
if (!existsSync(fixtures)) {
  process.stderr.write(`no fixtures in ${fixtures}: set VIRGA_FIXTURES to a folder of fixture cases\n`)
  process.exit(4)
}
// One folder of graphs per set of fixtures, so that going back and forth between sets exports nothing again.
const set = fixtures === defaultFixtures ? '' : `-${createHash('sha256').update(fixtures).digest('hex').slice(0, 8)}`
const graphs = resolve(workspaceRoot, process.env.VIRGA_FIXTURE_GRAPHS || `.cache/fixture-graphs${set}`)
const worldModel = join(workspaceRoot, 'apps', 'world-model')
const python = join(worldModel, '.venv', 'bin', 'python')
const env = {
  ...runtimeEnvironment(),
  VIRGA_FIXTURES: fixtures,
  VIRGA_FIXTURE_GRAPHS: graphs,
  OMP_NUM_THREADS: process.env.OMP_NUM_THREADS || '2',
}

/** Runs a command, showing its output, and gives its exit code and the last line that matches. */
function run(title, command, args, cwd, closing = /^$/) {
  process.stdout.write(`\n=== ${title}\n`)
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let pending = ''
    let last = ''
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk)
      const lines = (pending + chunk).split('\n')
      pending = lines.pop() ?? ''
      for (const line of lines) if (closing.test(line)) last = line.trim()
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code: code ?? 1, last }))
  })
}

const node = nodeBinary()
if (!existsSync(join(workspaceRoot, 'node_modules', 'vitest'))) {
  const { code } = await run('install the Node packages', process.execPath, [join('tools', 'install.mjs')], workspaceRoot)
  if (code !== 0) process.exit(4)
}
if (!existsSync(python)) {
  const { code } = await run('install the Python environment', 'sh', [join('tools', 'setup.sh')], worldModel)
  if (code !== 0) {
    process.stderr.write('the Python environment could not be installed (apps/world-model/tools/setup.sh)\n')
    process.exit(4)
  }
}

const exported = await run(
  'export the fixture networks',
  python,
  ['-m', 'virga_world_model.export', 'fixtures', '--fixtures', fixtures, '--out', graphs],
  worldModel,
)
const vitest = join(workspaceRoot, 'node_modules', 'vitest', 'vitest.mjs')
const typescript = await run(
  'TypeScript fixture tests',
  node,
  [vitest, 'run', 'fixture', '--testTimeout=600000', '--hookTimeout=600000'],
  workspaceRoot,
  /^virga-tests: /,
)
const pytest = await run(
  'Python fixture tests',
  python,
  ['-m', 'pytest', 'tests', '-k', 'fixture'],
  worldModel,
  /\d+ (passed|failed|error)/,
)

const state = (result) => (result.code === 0 ? 'ok' : `failed (exit ${result.code})`)
process.stdout.write(
  [
    '',
    `fixtures: ${fixtures}`,
    `export:     ${state(exported)}`,
    `TypeScript: ${state(typescript)}  ${typescript.last}`,
    `Python:     ${state(pytest)}  ${pytest.last}`,
    `took ${Math.round((Date.now() - started) / 1000)} s`,
    '',
  ].join('\n'),
)
process.exitCode = [exported, typescript, pytest].every(({ code }) => code === 0) ? 0 : 5
