import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const buf = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd: root, encoding: 'utf8' })

it('a changed type and a removed field are refused by what CI runs', () => {
  const other = mkdtempSync(join(tmpdir(), 'virga-proto-'))
  try {
    cpSync(join(root, 'proto'), join(other, 'proto'), { recursive: true })
    cpSync(join(root, 'buf.yaml'), join(other, 'buf.yaml'))
    symlinkSync(join(root, 'node_modules'), join(other, 'node_modules'), 'dir')
    const common = join(other, 'proto/virga/v1/common.proto')
    const text = readFileSync(common, 'utf8')
    writeFileSync(common, text.replace('int64 size_bytes = 2', 'string size_bytes = 2').replace('string weather = 1;', 'reserved 1;'))
    const done = buf('breaking', other, '--against', '.')
    expect(done.status).not.toBe(0)
    expect(done.stdout).toContain('changed type from "int64" to "string"')
    expect(done.stdout).toContain('"weather"')
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})
