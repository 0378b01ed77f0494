/** Where the pinned Node is, and the environment its processes start with. Runs on any Node >= 20, without dependencies. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vulkanEnvironment } from './vulkan.mjs'

export const workspaceRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Node 24 that package.json pins, else (not installed for this platform) the Node that runs this script. */
export function nodeBinary() {
  const pinned = join(workspaceRoot, 'node_modules', 'node', 'bin', 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

/** process.env plus the pinned Node first on PATH, and the Vulkan loader and drivers that rendering finds (see vulkan.mjs). */
export function runtimeEnvironment() {
  return {
    ...process.env,
    ...vulkanEnvironment(workspaceRoot, process.env),
    PATH: `${dirname(nodeBinary())}:${process.env.PATH ?? ''}`,
    NX_DAEMON: process.env.NX_DAEMON ?? 'false',
  }
}
