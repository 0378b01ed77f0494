import type { Failure } from './failure.ts'
import type { PageRequest } from './ports.ts'
import type { BlobRef, Page } from './types.ts'

export type ScenarioState = 'checking' | 'ready' | 'failed'

export interface ScenarioCamera {
  readonly name: string
  /** Projection, such as "f-theta" or "pinhole". */
  readonly model: string
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  readonly hasVideo: boolean
}

/** What was found by reading the log. */
export interface ScenarioFindings {
  /** "argoverse2", "rds-hq" or "simulation". */
  readonly format?: string
  readonly licence?: string
  /** Over the log's files, paths and content; lower-case hex. */
  readonly sha256?: string
  /** Microseconds from the first to the last pose. */
  readonly durationUs?: number
  readonly cameras?: readonly ScenarioCamera[]
  /** Controls that can be made from it. */
  readonly controls?: readonly string[]
  /** The list of its files; the scenario keeps this blob. */
  readonly manifest?: BlobRef
  /** The files themselves, which the scenario keeps as well. Replaces those that were given before; not given back by `get`. */
  readonly files?: readonly BlobRef[]
}

export interface NewScenario extends ScenarioFindings {
  /** Names it within its tenant: 1 to 63 characters a-z, 0-9 and "-", beginning with a letter. */
  readonly id: string
  readonly tenant: string
  /** The same one with the same uri and display name gives the same scenario. */
  readonly requestId?: string
  readonly uri: string
  readonly displayName?: string
  /** Default: checking. */
  readonly state?: ScenarioState
}

export interface Scenario extends Omit<ScenarioFindings, 'files' | 'cameras' | 'controls'> {
  readonly id: string
  readonly tenant: string
  readonly requestId?: string
  readonly uri: string
  readonly displayName: string
  readonly state: ScenarioState
  /** Why it is failed. */
  readonly failure?: Failure
  readonly cameras: readonly ScenarioCamera[]
  readonly controls: readonly string[]
  readonly createdAt: number
  /** Rises with every change. */
  readonly revision: number
}

export interface ScenarioQuery {
  readonly tenant: string
  readonly states?: readonly ScenarioState[]
  readonly format?: string
  /** Made at this time or later, milliseconds since the epoch. */
  readonly createdFrom?: number
  /** Made before this time. */
  readonly createdBefore?: number
  /** Default: the newest first. */
  readonly oldestFirst?: boolean
}

export type CreateScenarioOutcome =
  | { readonly outcome: 'created' | 'existing'; readonly scenario: Scenario }
  /** The request id or the id is taken by something else; `differs` names the fields. */
  | { readonly outcome: 'conflict'; readonly differs: readonly string[] }

/** Port to the drives that were registered. Every call is of one tenant; others' things do not exist for it. */
export interface ScenarioCatalog {
  create(request: NewScenario): Promise<CreateScenarioOutcome>
  get(tenant: string, id: string): Promise<Scenario | undefined>
  list(query: ScenarioQuery & PageRequest): Promise<Page<Scenario>>
  /**
   * Writes what reading the log has brought; what is not given stays. `ready` forgets the failure of an earlier try.
   *
   * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_CONFLICT when `ifRevision` is given and another one is stored
   */
  update(
    tenant: string,
    id: string,
    change: ScenarioFindings & { readonly state?: ScenarioState; readonly failure?: Failure; readonly ifRevision?: number },
  ): Promise<Scenario>
  /**
   * Forgets it; its blobs are no longer kept.
   *
   * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_CONFLICT as in `update`; VIRGA_WRONG_STATE while an augmentation of it is not finished
   */
  remove(tenant: string, id: string, options?: { readonly ifRevision?: number }): Promise<void>
}
