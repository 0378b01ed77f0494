import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { settingsReference } from '@virga/platform'
import { expect, it } from 'vitest'
import { gatewayOnlySettings } from './gateway-settings.ts'

it('has its variables in the README as they are', async () => {
  const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  expect(readme).toContain(settingsReference(gatewayOnlySettings))
})
