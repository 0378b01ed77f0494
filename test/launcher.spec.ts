import { execFileSync } from 'node:child_process'
import { symlinkSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workspace } from './virga.ts'

describe('the launcher', () => {
  it('finds the workspace from npm’s link, from a link elsewhere and from any folder', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'virga-link-'))
    try {
      symlinkSync(join(workspace, 'node_modules', '.bin', 'virga'), join(elsewhere, 'virga'))
      for (const path of [join(workspace, 'apps/cli/bin/virga'), join(workspace, 'node_modules/.bin/virga'), join(elsewhere, 'virga')]) {
        expect(execFileSync(path, ['--version'], { cwd: elsewhere }).toString()).toBe('0.1.0\n')
      }
    } finally {
      rmSync(elsewhere, { recursive: true })
    }
  })

  it('runs on the pinned Node', () => {
    const checks = JSON.parse(execFileSync(join(workspace, 'apps/cli/bin/virga'), ['doctor', '--json']).toString()) as {
      checks: { name: string; detail: string }[]
    }
    expect(checks.checks.find(({ name }) => name === 'node')?.detail).toMatch(/^v24\..*pinned/)
  })
})
