import type { Augmentation, AugmentationCatalog } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { Admitted, AugmentationSpec } from '../admission/admit.ts'
import type { Trace } from '../events/loop-event.ts'

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
 * Checks, admits and creates an augmentation; the same request id with the same content gives the same one again.
 *
 * @throws VirgaError VIRGA_USAGE for fields that are wrong; what `admit` throws; VIRGA_ALREADY_EXISTS saying what differs; VIRGA_UNAVAILABLE
 */
export function createAugmentation(_ports: CreationPorts, _caller: Caller, request: CreationRequest): Promise<Creation> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: request.requestId }))
}

/** What would be made, as `validate_only` asks; makes nothing. @throws as createAugmentation */
export function checkAugmentation(
  _ports: Pick<CreationPorts, 'admit'>,
  _caller: Caller,
  request: CreationRequest,
): Promise<Admitted & { readonly id: string }> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: request.requestId }))
}
