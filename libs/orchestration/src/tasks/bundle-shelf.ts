import { type Bundle, findBundle, listBundles } from '@virga/models'

/** Port to the model bundles that this process has. */
export interface BundleShelf {
  /** @throws VirgaError VIRGA_UNKNOWN_NAME listing those that there are; VIRGA_BAD_BUNDLE */
  find(name: string): Promise<Bundle>
  list(): Promise<readonly Bundle[]>
}

/** The bundles on a search path; default: VIRGA_BUNDLES, the workspace's models, imported ones. Manifests are read at each call. */
export function bundleShelf(searchPath?: readonly string[]): BundleShelf {
  return {
    find: (name) => findBundle(name, searchPath),
    list: async () => (await listBundles(searchPath)).flatMap((entry) => ('bundle' in entry ? [entry.bundle] : [])),
  }
}
