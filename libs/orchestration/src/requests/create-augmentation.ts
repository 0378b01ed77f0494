import type { Augmentation, AugmentationCatalog, NewAugmentation, Priority } from '@virga/catalog'
import { isVirgaError, retryClassOf, VirgaError } from '@virga/errors'
import type { Admitted, AugmentationSpec } from '../admission/types.ts'
import type { Trace } from '../events/loop-event.ts'
import { differences, holds } from './differences.ts'
import { readRequest, type ReadRequest } from './read-request.ts'

export interface CreationPorts {
  readonly augmentations: AugmentationCatalog
  /** Refuses what cannot run: `(tenant, spec) => admit(ports, tenant, spec)`. */
  readonly admit: (tenant: string, spec: AugmentationSpec) => Promise<Admitted>
}

/** On whose behalf. */
export interface Caller {
  readonly tenant: string
  readonly trace?: Trace
}

export interface CreationRequest {
  /** `virga.v1.Augmentation` in proto3 JSON. Fields that only the server sets are ignored. */
  readonly augmentation: unknown
  /** Default: made from the request id, else by chance. */
  readonly augmentationId?: string
  /** A UUID. */
  readonly requestId?: string
}

export interface Creation {
  /** False: the same request had come before, and this is what came of it. */
  readonly created: boolean
  readonly augmentation: Augmentation
}

/**
 * Checks, admits and creates an augmentation; the same request id with the same content gives the same one again, even when it could not
 * be admitted any more.
 *
 * @throws VirgaError VIRGA_USAGE for fields that are wrong; what `admit` throws; VIRGA_ALREADY_EXISTS saying what differs; VIRGA_UNAVAILABLE
 */
export async function createAugmentation(ports: CreationPorts, caller: Caller, request: CreationRequest): Promise<Creation> {
  const asked = readRequest(caller.tenant, request)
  try {
    const wanted = newAugmentation(caller, asked, await ports.admit(caller.tenant, asked.spec))
    const made = await ports.augmentations.create(wanted)
    if (made.outcome === 'conflict') throw await conflict(ports, wanted, made.differs)
    const { augmentation, outcome } = made
    const named = request.augmentationId !== undefined && request.augmentationId !== ''
    if (named && augmentation.id !== asked.id) {
      throw taken(wanted, [`augmentation_id: "${augmentation.id}" before, "${asked.id}" now`])
    }
    return { created: outcome === 'created', augmentation }
  } catch (error) {
    const final = isVirgaError(error) && error.code !== 'VIRGA_ALREADY_EXISTS' && retryClassOf(error) === 'never'
    const before = final ? await sameRequest(ports, caller, asked) : undefined
    if (before === undefined) throw error
    return { created: false, augmentation: before }
  }
}

/** What would be made, as `validate_only` asks; makes nothing. @throws as createAugmentation */
export async function checkAugmentation(
  ports: Pick<CreationPorts, 'admit'>,
  caller: Caller,
  request: CreationRequest,
): Promise<Admitted & { readonly id: string }> {
  const { id, spec } = readRequest(caller.tenant, request)
  return { ...(await ports.admit(caller.tenant, spec)), id }
}

function newAugmentation(
  { tenant, trace }: Caller,
  { id, requestId }: ReadRequest,
  { spec, scenario, tasks }: Admitted,
): NewAugmentation & { readonly trace?: Trace } {
  const { labels, priority, timeout } = spec
  return {
    ...{ id, tenant, scenario, spec, tasks, registeredScenario: true },
    ...(requestId === undefined ? {} : { requestId }),
    ...(labels === undefined ? {} : { labels }),
    ...(priority === undefined ? {} : { priority: priorities[priority] }),
    ...(timeout === undefined ? {} : { timeoutMs: Math.ceil(Number(timeout.slice(0, -1)) * 1000) }),
    ...(trace?.traceparent === undefined ? {} : { trace }),
  }
}

const priorities: Readonly<Record<NonNullable<AugmentationSpec['priority']>, Priority>> = {
  PRIORITY_BULK: 'bulk',
  PRIORITY_NORMAL: 'normal',
  PRIORITY_INTERACTIVE: 'interactive',
}

/** What the same request made before, when all that is asked for is in it. */
async function sameRequest(
  ports: CreationPorts,
  { tenant }: Caller,
  { id, requestId, spec }: ReadRequest,
): Promise<Augmentation | undefined> {
  if (requestId === undefined) return undefined
  const found = await ports.augmentations.get(tenant, id)
  return found?.requestId === requestId && holds(found.spec, spec) ? found : undefined
}

async function conflict(ports: CreationPorts, wanted: NewAugmentation, differs: readonly string[]): Promise<VirgaError> {
  const before = await ports.augmentations.get(wanted.tenant, wanted.id)
  // Nothing is told of what belongs to others.
  if (before === undefined || before.requestId !== wanted.requestId || wanted.requestId === undefined) return taken(wanted, differs)
  const details = differences({ spec: before.spec }, { spec: wanted.spec })
  return taken(wanted, details.length === 0 ? differs : details)
}

function taken({ id, requestId }: NewAugmentation, differs: readonly string[]): VirgaError {
  if (differs.length === 1 && differs[0] === 'id') {
    const expected = 'an id that is not taken'
    return new VirgaError('VIRGA_ALREADY_EXISTS', `there is an augmentation ${id} already`, { field: 'augmentation_id', expected })
  }
  const message = `request id ${requestId ?? ''} came before with other content: ${differs.join('; ')}`
  return new VirgaError('VIRGA_ALREADY_EXISTS', message, { field: 'request_id', expected: 'the same content, or a new request id' })
}
