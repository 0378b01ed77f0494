/**
 * Installs the workspace's packages when they are missing or the lock file has changed. Runs on any Node >= 20, without dependencies.
 *
 * ONNXRUNTIME_NODE_INSTALL=skip keeps onnxruntime's install script from downloading CUDA libraries (hundreds of MB); set the variable
 * yourself to get them.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from './runtime.mjs'

const marker = join(workspaceRoot, 'node_modules', '.virga-installed')

/** Ends the process with the installer's status when the installation fails. */
export function ensureInstalled() {
  const digest = createHash('sha256')
    .update(readFileSync(join(workspaceRoot, 'package-lock.json')))
    .digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === digest) return
  if (matchesHiddenLock()) {
    writeFileSync(marker, digest)
    return
  }
  process.stdout.write('Installing packages (npm ci) ...\n')
  const started = Date.now()
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip' }
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], { cwd: workspaceRoot, stdio: 'inherit', env })
  if (done.status !== 0) {
    process.stderr.write(`npm ci failed${done.error === undefined ? '' : `: ${done.error.message}`}\n`)
    process.exit(done.status ?? 1)
  }
  writeFileSync(marker, digest)
  process.stdout.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s\n`)
}

/** An installation made by hand (`npm ci`, `npm install`): npm keeps its own copy of the lock file, with the same packages. */
function matchesHiddenLock() {
  try {
    const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
    const installed = packagesOf(join(workspaceRoot, 'node_modules', '.package-lock.json'))
    const wanted = packagesOf(join(workspaceRoot, 'package-lock.json'))
    return Object.entries(wanted).every(([place, entry]) => {
      if (!place.startsWith('node_modules/') || entry.link === true || entry.optional === true || entry.peer === true) return true
      return installed[place] !== undefined && installed[place].version === entry.version
    })
  } catch {
    return false
  }
}
