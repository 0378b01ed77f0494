import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { VirgaClient } from '@virga/client'
import { type Scenario, Scenario_State } from '@virga/contracts'
import { isVirgaError, VirgaError } from '@virga/errors'
import type { PixelSize } from '../options/parsers.ts'
import type { ProgressView } from '../terminal/progress-view.ts'
import { failureError } from './failure-error.ts'
import { uuidOf } from './uuid-of.ts'

/** What is to be augmented, as the command line names it. */
export interface NamedDrive {
  /** A folder on this machine, a URI that the server can read, or `scenarios/{id}`. */
  readonly log?: string
  readonly simulate?: number
  readonly size?: PixelSize
}

/**
 * Makes the drive known to the server and waits until it has been read. The same drive is registered once: its id comes from its content or URI.
 *
 * @throws VirgaError of the server when the drive cannot be used
 */
export async function registerDrive(client: VirgaClient, drive: NamedDrive, view: ProgressView, signal: AbortSignal): Promise<Scenario> {
  const call = { signal }
  if (drive.log === undefined) return ready(client, await registered(client, simulationOf(drive), signal), signal)
  if (drive.log.startsWith('scenarios/')) return ready(client, await client.scenarios.getScenario({ name: drive.log }, call), signal)
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(drive.log)) {
    const id = `uri-${createHash('sha256').update(drive.log).digest('hex').slice(0, 32)}`
    return ready(client, await registered(client, { id, uri: drive.log }, signal), signal)
  }
  const stage = 'upload'
  let begun = false
  const scenario = await client.uploadFolder(drive.log, {
    signal,
    onBytes: (done, total) => {
      if (!begun) view.report({ kind: 'stage-started', stage, total, unit: 'B' })
      begun = true
      view.report({ kind: 'stage-progress', stage, done, total })
    },
  })
  if (begun) view.report({ kind: 'stage-finished', stage, reused: false, key: scenario.name })
  return ready(client, scenario, signal)
}

function simulationOf({ simulate = 0, size }: NamedDrive): { readonly id: string; readonly uri: string } {
  if (size === undefined) return { id: `simulation-${simulate}`, uri: `simulation://${simulate}` }
  const { width, height } = size
  return { id: `simulation-${simulate}-${width}x${height}`, uri: `simulation://${simulate}?width=${width}&height=${height}` }
}

async function registered(
  client: VirgaClient,
  { id, uri }: { readonly id: string; readonly uri: string },
  signal: AbortSignal,
): Promise<Scenario> {
  const name = `scenarios/${id}`
  try {
    const known = await client.scenarios.getScenario({ name }, { signal })
    if (known.state !== Scenario_State.FAILED) return known
    await client.scenarios.deleteScenario({ name, etag: known.etag }, { signal }) // what made it fail may have been mended
  } catch (error) {
    if (!isVirgaError(error) || error.code !== 'VIRGA_NOT_FOUND') throw error
  }
  return client.scenarios.createScenario(
    { scenarioId: id, requestId: uuidOf(['scenario', uri, Date.now()]), scenario: { uri } },
    { signal },
  )
}

async function ready(client: VirgaClient, scenario: Scenario, signal: AbortSignal): Promise<Scenario> {
  let now = scenario
  for (let waitMs = 50; now.state === Scenario_State.CHECKING; waitMs = Math.min(waitMs * 2, 2000)) {
    await sleep(waitMs, undefined, { signal }).catch(() => {
      throw new VirgaError('VIRGA_CANCELLED', 'stopped while the server read the drive')
    })
    now = await client.scenarios.getScenario({ name: scenario.name }, { signal })
  }
  if (now.state === Scenario_State.READY) return now
  throw failureError(now.failure, `the server cannot use ${now.displayName || now.uri}`)
}
