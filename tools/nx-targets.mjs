/**
 * Infers each project's targets from what lies in its folder, so that no project carries a hand-written target list:
 * `lint` and `typecheck` from tsconfig.json, `test` from vitest.config.ts, `bench` from bench/main.ts.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const run = (command, root) => ({ executor: 'nx:run-commands', options: { command, cwd: root } })

export const createNodesV2 = [
  '{apps,libs}/*/tsconfig.json',
  (files, _options, context) =>
    files.map((file) => {
      const root = dirname(file)
      const has = (path) => existsSync(join(context.workspaceRoot, root, path))
      const up = '../..'
      const targets = {
        lint: run(`node ${up}/tools/run.mjs eslint .`, root),
        typecheck: run(`node ${up}/tools/run.mjs tsc --noEmit -p tsconfig.json`, root),
      }
      if (has('vitest.config.ts')) targets.test = run(`node ${up}/tools/run.mjs vitest run`, root)
      if (has('bench/main.ts')) targets.bench = run(`node ${up}/tools/run.mjs bench/main.ts`, root)
      return [file, { projects: { [root]: { root, targets } } }]
    }),
]
export const createNodes = createNodesV2
