/**
 * `npm test`: installs what is missing, then runs every TypeScript test on the pinned Node 24 with the environment that rendering needs.
 * Arguments go to Vitest: `npm test -- --project cli`. VIRGA_REQUIRE_ALL=1 counts skipped tests as failures.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled } from './install.mjs'
import { workspaceRoot } from './runtime.mjs'

ensureInstalled()
// A process of its own: the environment of this one was made before there were packages to take the Vulkan driver from.
const done = spawnSync(process.execPath, [join(workspaceRoot, 'tools', 'run.mjs'), 'vitest', 'run', ...process.argv.slice(2)], {
  cwd: workspaceRoot,
  stdio: 'inherit',
})
process.exit(done.status ?? 1)
