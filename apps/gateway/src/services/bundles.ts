import { BundleService, PresetService } from '@virga/contracts'
import { presets } from '@virga/orchestration'
import { type Implementation, implementation } from '@virga/platform'
import { bundleMessage, presetMessage } from '../convert/bundle.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { slicePage } from '../paging.ts'
import { idOf, notFound } from '../resource-names.ts'

export function bundles(host: GatewayHost): Implementation {
  /** By name; of two folders with the same bundle the first on the search path counts, as for those who run it. */
  const all = async () => {
    const byName = new Map((await host.bundles.list()).toReversed().map((bundle) => [bundle.manifest.name, bundle]))
    return [...byName.values()].map(bundleMessage).sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  return implementation(BundleService, {
    async getBundle({ name }) {
      idOf('bundle', name)
      const found = (await all()).find((bundle) => bundle.name === name)
      if (found === undefined) throw notFound(name)
      return found
    },
    async listBundles(request) {
      const { items, nextPageToken } = slicePage(await all(), request)
      return { $typeName: 'virga.v1.ListBundlesResponse', bundles: items, nextPageToken }
    },
  })
}

export function presetService(): Implementation {
  const all = presets.map(presetMessage)
  return implementation(PresetService, {
    async getPreset({ name }) {
      idOf('preset', name)
      const found = all.find((preset) => preset.name === name)
      if (found === undefined) throw notFound(name)
      return found
    },
    async listPresets(request) {
      const { items, nextPageToken } = slicePage(all, request)
      return { $typeName: 'virga.v1.ListPresetsResponse', presets: items, nextPageToken }
    },
  })
}
