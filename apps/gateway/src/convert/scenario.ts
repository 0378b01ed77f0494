import type { Scenario as Stored, ScenarioState } from '@virga/catalog'
import { create, durationFromMs, type Scenario, Scenario_State, ScenarioSchema, timestampFromMs } from '@virga/contracts'
import { etagOf } from '../etag.ts'
import { failureMessage } from './common.ts'

const states: Readonly<Record<ScenarioState, Scenario_State>> = {
  checking: Scenario_State.CHECKING,
  ready: Scenario_State.READY,
  failed: Scenario_State.FAILED,
}

export function scenarioMessage(stored: Stored): Scenario {
  const { failure, durationUs } = stored
  return create(ScenarioSchema, {
    name: `scenarios/${stored.id}`,
    uri: stored.uri,
    displayName: stored.displayName,
    state: states[stored.state],
    format: stored.format ?? '',
    licence: stored.licence ?? '',
    sha256: stored.sha256 ?? '',
    cameras: stored.cameras.map(({ name, model, width, height, hasVideo }) => ({ name, model, size: { width, height }, hasVideo })),
    controls: [...stored.controls],
    createTime: timestampFromMs(stored.createdAt),
    etag: etagOf(stored.revision),
    ...(failure === undefined ? {} : { failure: failureMessage(failure) }),
    ...(durationUs === undefined ? {} : { duration: durationFromMs(durationUs / 1000) }),
  })
}
