import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]))
}

it('the committed code is what the .proto files give: else run `npm run contracts:generate`', () => {
  const out = mkdtempSync(join(tmpdir(), 'virga-generated-'))
  try {
    const done = spawnSync(process.execPath, ['tools/run.mjs', 'buf', 'generate', '-o', out], { cwd: root, encoding: 'utf8' })
    expect(done.stderr).toBe('')
    expect(filesOf(join(out, 'libs/contracts/src/generated'))).toEqual(filesOf(join(root, 'libs/contracts/src/generated')))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
