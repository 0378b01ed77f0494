import { configDefaults, defineConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config = shared(import.meta.dirname)
// Bundles that were imported are there only when apps/world-model/tools/check-import.sh has made them, which takes minutes.
const withoutBundles = process.env.VIRGA_IMPORTED_BUNDLES === undefined ? ['test/imported-bundles.spec.ts'] : []

export default defineConfig({ ...config, test: { ...config.test, exclude: [...configDefaults.exclude, ...withoutBundles] } })
