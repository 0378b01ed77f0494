import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { type Bundle, graphFiles } from './bundle.ts'
import { checkDigest } from './digest.ts'
import { type Graph, openGraph } from './graph.ts'
import type { ExecutionProvider, RunOptions } from './providers.ts'

/** A bundle's graphs: each is checked against its digest and opened when first asked for, and kept until released. */
export class GraphStore {
  readonly #bundle: Bundle
  readonly #options: RunOptions
  readonly #open = new Map<string, Promise<Graph>>()
  readonly #providers = new Set<ExecutionProvider>()

  constructor(bundle: Bundle, options: RunOptions) {
    this.#bundle = bundle
    this.#options = options
  }

  /** @throws VirgaError VIRGA_BAD_BUNDLE when the bundle has no such graph or it cannot be opened; VIRGA_DIGEST_MISMATCH */
  get(name: string): Promise<Graph> {
    let graph = this.#open.get(name)
    if (graph === undefined) {
      graph = this.#load(name)
      this.#open.set(name, graph)
      graph.catch(() => this.#open.delete(name))
    }
    return graph
  }

  async #load(name: string): Promise<Graph> {
    const { dir, manifest } = this.#bundle
    const file = manifest.graphs[name]
    if (file === undefined)
      throw new VirgaError('VIRGA_BAD_BUNDLE', `bundle ${manifest.name} has no graph ${name}`, {
        expected: Object.keys(manifest.graphs).join(', '),
      })
    for (const part of graphFiles(file)) await checkDigest(dir, part)
    const graph = await openGraph(name, join(dir, file.file), this.#options)
    this.#providers.add(graph.provider)
    return graph
  }

  /** The providers in use so far, in the order in which they came up. */
  get providers(): ExecutionProvider[] {
    return [...this.#providers]
  }

  /** Frees the graphs of these names, or all of them. */
  async release(names: readonly string[] = [...this.#open.keys()]): Promise<void> {
    for (const name of names) {
      const graph = this.#open.get(name)
      this.#open.delete(name)
      await (await graph?.catch(() => undefined))?.release()
    }
  }
}
