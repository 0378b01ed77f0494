import { resolve } from 'node:path'

/**
 * The folder, when the argument is plainly a path and not a name: so that a path without a bundle is reported as such, not as an unknown
 * name.
 */
export function bundleFolder(nameOrDir: string): string | undefined {
  return nameOrDir.includes('/') || nameOrDir.startsWith('.') ? resolve(nameOrDir) : undefined
}
