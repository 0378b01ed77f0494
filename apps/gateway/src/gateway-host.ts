import type { AdmissionLimits, BundleShelf, ChangeFeed, RegistryPorts } from '@virga/orchestration'
import type { Backends, Telemetry } from '@virga/platform'
import type { UploadLimits } from './receive-upload.ts'

/** What the services of the API work on. */
export interface GatewayHost {
  /** @throws VirgaError VIRGA_UNAVAILABLE while the backends have not been opened */
  backends(): Backends
  readonly bundles: BundleShelf
  readonly limits: Partial<AdmissionLimits>
  readonly telemetry: Telemetry
  /** Wakes watches at once; undefined while there is none: then they look every second. */
  feed(): ChangeFeed | undefined
  /** What scenarios are registered with. @throws VirgaError VIRGA_UNAVAILABLE as `backends` */
  registry(): RegistryPorts
  readonly upload: UploadLimits
}
