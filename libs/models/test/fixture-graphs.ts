/**
 * The fixture networks as ONNX graphs, exported by `python -m virga_world_model.export fixtures` into VIRGA_FIXTURE_GRAPHS (default: .cache/fixture-graphs
 * of the workspace): a folder per case with index.json and the graphs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fixturesRoot, hasCase, loadCase } from '@virga/diffusion/testing'
import { type Graph, type NetworkGraphs, type NetworkShape, openGraph } from '../src/index.ts'

const workspaceRoot = resolve(import.meta.dirname, '../../..')
export const graphsRoot = resolve(workspaceRoot, process.env.VIRGA_FIXTURE_GRAPHS ?? '.cache/fixture-graphs')

interface Index {
  readonly graphs: Readonly<Record<string, string>>
  readonly network?: NetworkShape & { readonly mergeRescale: boolean }
  readonly controls?: readonly string[]
}

/** Names of the fixture cases for which `test` holds. */
export function casesWhere(test: (scalars: Readonly<Record<string, unknown>>, name: string) => boolean): string[] {
  if (!existsSync(fixturesRoot)) return []
  const names = readdirSync(fixturesRoot).filter(hasCase)
  return names.filter((name) => test(loadCase(name).scalars, name)).sort()
}

export function hasGraphs(name: string): boolean {
  return existsSync(join(graphsRoot, name, 'index.json'))
}

export function missingGraphs(name: string): string {
  return `no exported graphs of fixture case ${name} in ${graphsRoot} (npm run test:fixtures exports them)`
}

export function indexOf(name: string): Index {
  return JSON.parse(readFileSync(join(graphsRoot, name, 'index.json'), 'utf8')) as Index
}

export async function openFixtureGraph(name: string, graph: string): Promise<Graph> {
  const file = indexOf(name).graphs[graph]
  if (file === undefined) throw new Error(`case ${name} has no graph ${graph}`)
  return openGraph(graph, join(graphsRoot, name, file), { threads: 1, providers: ['cpu'] })
}

/** The network that a case runs: its own or the one that it names. */
export async function openNetwork(
  name: string,
): Promise<{ graphs: NetworkGraphs; network: NonNullable<Index['network']>; controls: readonly string[] }> {
  const { network, controls } = indexOf(name)
  if (network === undefined || controls === undefined) throw new Error(`case ${name} has no network`)
  const opened = new Map<string, { hint: Graph; control: Graph }>()
  for (const control of controls)
    opened.set(control, {
      hint: await openFixtureGraph(name, `hint_${control}`),
      control: await openFixtureGraph(name, `control_${control}`),
    })
  return { graphs: { base: await openFixtureGraph(name, 'base'), controls: opened }, network, controls }
}

/** The case whose weights and texts another case uses, from its scalar network_weights ("../net_v2w/weights_*"). */
export function networkCaseOf(scalars: Readonly<Record<string, unknown>>): string {
  return String(scalars.network_weights).split('/')[1]
}
