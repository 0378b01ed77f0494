import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { BlobRef, BlobStore, Clock } from '@virga/augmentation'
import { failureOf, type NewScenario, type Scenario, type ScenarioCatalog, type ScenarioFindings } from '@virga/catalog'
import { retryClassOf, VirgaError } from '@virga/errors'
import { checkScenario } from './check-scenario.ts'
import { putManifest } from './manifest.ts'
import type { ScenarioFiles } from './source.ts'
import { type ObjectReader, takeObjects } from './take-objects.ts'
import { parseScenarioUri, type ScenarioOrigin, sourceOf } from './uri.ts'

export interface RegistryPorts {
  readonly scenarios: ScenarioCatalog
  readonly store: BlobStore
  readonly files: ScenarioFiles
  readonly clock: Clock
  /** Absent: scenarios in object stores are refused. */
  readonly objects?: ObjectReader
}

interface Named {
  readonly id?: string
  readonly requestId?: string
  readonly displayName?: string
}

/**
 * Registers a drive by its URI and reads it once: what comes back is ready, or failed with the reason. Asking again with the same request
 * id gives the same scenario, and goes on with a check that was cut off. Objects of an object store are taken into the blob store.
 *
 * @throws VirgaError VIRGA_USAGE for the URI, VIRGA_FORBIDDEN for a folder that may not be read, VIRGA_ALREADY_EXISTS saying what differs;
 *   what can be mended by trying again, such as VIRGA_UNAVAILABLE, with the scenario still checking
 */
export async function registerScenario(
  ports: RegistryPorts,
  { tenant }: { readonly tenant: string },
  request: Named & { readonly uri: string },
): Promise<Scenario> {
  const origin = parseScenarioUri(request.uri)
  if (origin.kind === 'upload')
    throw new VirgaError('VIRGA_USAGE', 'an upload has no URI', { file: request.uri, field: 'uri', expected: 'UploadScenario' })
  if (origin.kind === 'objects' && ports.objects === undefined)
    throw new VirgaError('VIRGA_USAGE', 'object stores cannot be read here', { file: request.uri, field: 'uri', expected: 'an upload' })
  // Refused at once and not kept: who asks may not know what is there.
  if (origin.kind === 'folder') await refuseForbidden(ports, origin)
  const scenario = await created(ports, { ...wished(request), tenant, uri: request.uri })
  return scenario.state === 'ready' ? scenario : checked(ports, scenario, origin)
}

/**
 * Registers files whose blobs are in the store already, by path.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for paths or blobs that are none; otherwise as `registerScenario` does
 */
export async function registerUpload(
  ports: RegistryPorts,
  { tenant }: { readonly tenant: string },
  request: Named & { readonly files: Readonly<Record<string, BlobRef>> },
): Promise<Scenario> {
  const { files, displayName } = request
  const manifest = await putManifest(ports.store, displayName ?? 'upload', files)
  for (const [path, ref] of Object.entries(files))
    if (!(await ports.store.has(ref)))
      throw new VirgaError('VIRGA_BAD_INPUT', 'the content is not in the store', { file: path, expected: `blob ${ref.sha256}` })
  const kept = { manifest, files: Object.values(files) }
  const scenario = await created(ports, { ...wished(request), tenant, uri: `upload://${manifest.sha256}`, ...kept })
  return scenario.state === 'ready' ? scenario : checked(ports, { ...scenario, ...kept }, { kind: 'upload' })
}

const wished = ({ id, requestId, displayName }: Named): Pick<NewScenario, 'id' | 'requestId' | 'displayName'> => ({
  id: id ?? `scenario-${randomUUID().slice(0, 13)}`,
  ...(requestId === undefined ? {} : { requestId }),
  ...(displayName === undefined ? {} : { displayName }),
})

async function created({ scenarios }: RegistryPorts, wanted: NewScenario): Promise<Scenario> {
  const outcome = await scenarios.create(wanted)
  if (outcome.outcome !== 'conflict') return outcome.scenario
  throw new VirgaError('VIRGA_ALREADY_EXISTS', `there is a scenario of this id or request id with another ${outcome.differs.join(', ')}`, {
    record: wanted.id,
    field: outcome.differs.join(', '),
    expected: 'the same content, or another id',
  })
}

async function checked(ports: RegistryPorts, scenario: Scenario, origin: ScenarioOrigin): Promise<Scenario> {
  const { tenant, id, uri } = scenario
  try {
    const taken = origin.kind === 'objects' ? await takenFrom(ports, origin) : {}
    const findings = await checkScenario(ports, sourceOf({ ...scenario, ...taken }))
    return await ports.scenarios.update(tenant, id, { ...taken, ...findings, state: 'ready' })
  } catch (error) {
    if (retryClassOf(error) === 'soon' || retryClassOf(error) === 'later') throw error
    const { metadata, ...failure } = failureOf(error)
    return ports.scenarios.update(tenant, id, { state: 'failed', failure: { ...failure, metadata: { ...metadata, uri } } })
  }
}

async function takenFrom(
  { store, objects }: RegistryPorts,
  origin: Extract<ScenarioOrigin, { readonly kind: 'objects' }>,
): Promise<Pick<ScenarioFindings, 'manifest' | 'files'>> {
  if (objects === undefined) throw new VirgaError('VIRGA_USAGE', 'object stores cannot be read here', { field: 'uri' })
  const files = await takeObjects(store, objects, origin)
  return { manifest: await putManifest(store, basename(origin.prefix), files), files: Object.values(files) }
}

async function refuseForbidden({ files }: RegistryPorts, origin: Extract<ScenarioOrigin, { readonly kind: 'folder' }>): Promise<void> {
  try {
    const local = await files.open(origin)
    local.release()
  } catch (error) {
    if (error instanceof VirgaError && error.code === 'VIRGA_FORBIDDEN') throw error
  }
}
