import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { isVirgaError, VirgaError } from '@virga/errors'
import { type Bundle, loadBundle } from './bundle.ts'

const workspaceModels = resolve(import.meta.dirname, '../../../models')

/** A bundle that was found, or a folder that holds an unusable one with the reason. */
export type FoundBundle = { readonly dir: string } & ({ readonly bundle: Bundle } | { readonly problem: string })

/** Where imported bundles go when nobody says otherwise: $VIRGA_HOME/bundles, else ~/.cache/virga/bundles. */
export function importedBundlesFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment.VIRGA_HOME
  return home === undefined || home === '' ? join(homedir(), '.cache', 'virga', 'bundles') : join(resolve(home), 'bundles')
}

/** Folders that are searched: those in VIRGA_BUNDLES (separated like PATH), the workspace's own `models`, then that of imported bundles. */
export function bundleSearchPath(environment: NodeJS.ProcessEnv = process.env): string[] {
  const asked = (environment.VIRGA_BUNDLES ?? '').split(delimiter).filter((part) => part !== '')
  return [...new Set([...asked.map((part) => resolve(part)), workspaceModels, importedBundlesFolder(environment)])]
}

/** All bundles on the search path; an entry of the path may be a bundle itself or a folder of bundles. A broken one is listed with its problem. */
export async function listBundles(searchPath: readonly string[] = bundleSearchPath()): Promise<FoundBundle[]> {
  const found: FoundBundle[] = []
  for (const folder of searchPath) {
    if (existsSync(join(folder, 'manifest.json'))) found.push(await tryLoad(folder))
    else
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
        if (existsSync(join(folder, entry.name, 'manifest.json'))) found.push(await tryLoad(join(folder, entry.name)))
  }
  return found
}

async function tryLoad(dir: string): Promise<FoundBundle> {
  try {
    return { dir, bundle: await loadBundle(dir) }
  } catch (error) {
    if (isVirgaError(error)) return { dir, problem: error.message }
    throw error
  }
}

/**
 * The bundle of a name, or in a folder.
 *
 * @param nameOrDir a name from a manifest, or the path of a bundle's folder
 * @throws VirgaError VIRGA_UNKNOWN_NAME listing the bundles that there are; VIRGA_BAD_BUNDLE when the one asked for is broken
 */
export async function findBundle(nameOrDir: string, searchPath: readonly string[] = bundleSearchPath()): Promise<Bundle> {
  if (existsSync(join(nameOrDir, 'manifest.json'))) return loadBundle(nameOrDir)
  const found = await listBundles(searchPath)
  for (const entry of found) if ('bundle' in entry && entry.bundle.manifest.name === nameOrDir) return entry.bundle
  for (const entry of found) if ('problem' in entry && entry.dir.endsWith(`/${nameOrDir}`)) return loadBundle(entry.dir)
  const names = found.flatMap((entry) => ('bundle' in entry ? [entry.bundle.manifest.name] : []))
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `no bundle named ${nameOrDir}`, {
    expected: `one of: ${names.join(', ') || 'none found'} (searched ${searchPath.join(', ')})`,
  })
}
