import { VirgaError } from '@virga/errors'
import { type Bundle, bundleSearchPath, type FoundBundle, listBundles, loadBundle } from '@virga/models'

/** Port to the model bundles that this process has. */
export interface BundleShelf {
  /** @throws VirgaError VIRGA_UNKNOWN_NAME listing those that there are; VIRGA_BAD_BUNDLE */
  find(name: string): Promise<Bundle>
  list(): Promise<readonly Bundle[]>
}

/** Bundles are read from disk again after so long. */
const freshMs = 10_000

/** The bundles on a search path; default: VIRGA_BUNDLES, the workspace's models, imported ones. A bundle is found by name only, never by path. */
export function bundleShelf(searchPath: readonly string[] = bundleSearchPath()): BundleShelf {
  let known: { readonly found: Promise<FoundBundle[]>; readonly atMs: number } | undefined
  const look = (): Promise<FoundBundle[]> => {
    const nowMs = performance.now()
    if (known === undefined || nowMs - known.atMs > freshMs) {
      known = { found: listBundles(searchPath), atMs: nowMs }
      known.found.catch(() => (known = undefined))
    }
    return known.found
  }
  const list = async () => (await look()).flatMap((entry) => ('bundle' in entry ? [entry.bundle] : []))
  return {
    list,
    find: async (name) => {
      const bundle = (await list()).find(({ manifest }) => manifest.name === name)
      if (bundle !== undefined) return bundle
      const broken = (await look()).find((entry) => 'problem' in entry && entry.dir.endsWith(`/${name}`))
      if (broken !== undefined) return loadBundle(broken.dir)
      const names = (await list()).map(({ manifest }) => manifest.name)
      throw new VirgaError('VIRGA_UNKNOWN_NAME', `no bundle named ${name}`, {
        field: 'bundle',
        expected: `one of: ${names.join(', ') || 'none here'}`,
      })
    },
  }
}
