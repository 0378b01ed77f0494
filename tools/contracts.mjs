/**
 * What holds for the public contracts in proto/, by buf. Arguments choose what is done; none: all three.
 *
 *   lint       the rules of buf.yaml
 *   format     the layout of the files
 *   breaking   compares with the last release: the newest tag v*, else origin/main, else $VIRGA_CONTRACTS_BASE (any commit)
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { nodeBinary, workspaceRoot } from './runtime.mjs'

const buf = join(workspaceRoot, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf')

/** @returns {{ status: number, output: string }} */
export function runBuf(args, cwd = workspaceRoot) {
  const done = spawnSync(nodeBinary(), [buf, ...args], { cwd, encoding: 'utf8' })
  if (done.error) throw done.error
  return { status: done.status ?? 1, output: done.stdout + done.stderr }
}

const git = (...args) => spawnSync('git', args, { cwd: workspaceRoot, encoding: 'utf8' })

/** The commit to compare with; undefined when there is none. */
export function baseCommit() {
  const asked = process.env.VIRGA_CONTRACTS_BASE
  if (asked !== undefined && asked !== '') return asked
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*')
  if (tag.status === 0) return tag.stdout.trim()
  return git('rev-parse', '--verify', '--quiet', 'origin/main').status === 0 ? 'origin/main' : undefined
}

function breaking() {
  const base = baseCommit()
  if (base === undefined) {
    return { status: 0, output: 'buf breaking: skipped, there is neither a tag v* nor origin/main to compare with\n' }
  }
  if (git('cat-file', '-e', `${base}:buf.yaml`).status !== 0) {
    return { status: 0, output: `buf breaking: skipped, ${base} has no contracts yet\n` }
  }
  const cache = join(workspaceRoot, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'contracts-base-'))
  try {
    const unpacked = spawnSync('sh', ['-c', 'git archive "$0" proto buf.yaml | tar -x -C "$1"', base, folder], { cwd: workspaceRoot })
    if (unpacked.status !== 0) return { status: 1, output: `buf breaking: ${base} cannot be unpacked\n${unpacked.stderr}` }
    symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'), 'dir')
    const { status, output } = runBuf(['breaking', '--against', folder])
    return { status, output: `${output}buf breaking: compared with ${base}\n` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const checks = {
  lint: () => runBuf(['lint']),
  format: () => runBuf(['format', 'proto', '--diff', '--exit-code']),
  breaking,
}

if (process.argv[1] === join(workspaceRoot, 'tools', 'contracts.mjs')) {
  const asked = process.argv.slice(2)
  let failed = false
  for (const name of asked.length === 0 ? Object.keys(checks) : asked) {
    const { status, output } = checks[name]()
    process.stdout.write(output)
    process.stdout.write(`contracts ${name}: ${status === 0 ? 'ok' : 'FAILED'}\n`)
    failed ||= status !== 0
  }
  process.exit(failed ? 1 : 0)
}
