import type { Backends } from '../backends/backends.ts'
import type { BackendState } from '../backends/check-backends.ts'
import type { PartState } from './part-runner.ts'

/** What readiness is made of. */
export interface Readiness {
  readonly ready: boolean
  /** Empty when ready. */
  readonly reasons: readonly string[]
  readonly backends: readonly BackendState[]
  readonly parts: readonly PartState[]
}

export interface HealthSources {
  readonly backends: () => Backends | undefined
  readonly parts: () => readonly PartState[]
  readonly ending: () => boolean
  readonly beatMs: number
}

/** Answers are kept for so long: many who ask cost the backends no more than one. */
const keptMs = 1000

/**
 * Ready: not ending, the three backends are open and answer, every part runs, and those that give signs of life gave one lately. Whether the
 * process is alive is another question, answered by whether it answers at all.
 */
export function readinessOf({ backends, parts, ending, beatMs }: HealthSources): () => Promise<Readiness> {
  let kept: { readonly at: number; readonly states: Promise<readonly BackendState[]> } | undefined
  const states = (): Promise<readonly BackendState[]> => {
    const opened = backends()
    if (opened === undefined) return Promise.resolve([])
    if (kept === undefined || performance.now() - kept.at > keptMs) kept = { at: performance.now(), states: opened.check() }
    return kept.states
  }
  return async () => {
    const found = await states()
    const running = parts()
    const reasons = [
      ...(ending() ? ['the service is ending'] : []),
      ...(backends() === undefined ? ['the backends have not been opened yet'] : []),
      ...found.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`])),
      ...running.flatMap((part) => partFault(part, beatMs)),
    ]
    return { ready: reasons.length === 0, reasons, backends: found, parts: running }
  }
}

function partFault({ name, state, failure, beatAgeMs }: PartState, beatMs: number): readonly string[] {
  if (state !== 'running') return [`${name} is ${state}${failure === undefined ? '' : `: ${failure}`}`]
  return beatAgeMs !== undefined && beatAgeMs > beatMs ? [`${name} gave no sign of life for ${beatAgeMs} ms`] : []
}
