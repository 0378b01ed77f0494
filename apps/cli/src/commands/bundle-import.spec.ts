import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importCommand } from './bundle-import.ts'

const python = resolve(import.meta.dirname, '../../../world-model/.venv/bin/python')
const run = (...parameters: string[]): Promise<unknown> => importCommand().parseAsync(parameters, { from: 'user' })

describe('virga bundle import', () => {
  it('says how to set Python up where it is not', async () => {
    await expect(run('.', '--python', '/nowhere/python')).rejects.toMatchObject({
      code: 'VIRGA_MISSING_DEPENDENCY',
      message: expect.stringMatching(/\/nowhere\/python.*tools\/setup\.sh/) as string,
    })
  })

  it.skipIf(!existsSync(python))(
    "hands the importer's errors on with their codes",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'virga-import-'))
      await expect(run(folder, '--model', 'cosmos-transfer1-7b', '--out', join(folder, 'out'))).rejects.toMatchObject({
        code: 'VIRGA_BAD_INPUT',
        message: expect.stringMatching(/Cosmos-Transfer1-7B\/base_model\.pt;.*mean_std\.pt;.*spiece\.model/) as string,
      })
      expect(existsSync(join(folder, 'out'))).toBe(false)
    },
    60_000,
  )
})
