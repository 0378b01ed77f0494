import { newestFirst, scenarioFilter } from '@virga/catalog'
import { create, DeleteScenarioResponseSchema, ScenarioService } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { registerScenario, registerUpload } from '@virga/orchestration'
import { type Implementation, implementation } from '@virga/platform'
import { scenarioMessage } from '../convert/scenario.ts'
import { checkedNames } from '../checked-ids.ts'
import { revisionOf } from '../etag.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { pageOf, tokenOf } from '../paging.ts'
import { receiveUpload } from '../receive-upload.ts'
import { idOf, notFound } from '../resource-names.ts'

export function scenarios(host: GatewayHost): Implementation {
  const stored = () => host.backends().catalog.scenarios
  const ports = () => ({ ...host.registry(), scenarios: stored() })
  return implementation(ScenarioService, {
    async createScenario({ scenario, scenarioId, requestId }, { identity }) {
      if (scenario === undefined || scenario.uri === '') {
        throw new VirgaError('VIRGA_BAD_INPUT', 'no URI was given', { field: 'scenario.uri', expected: 's3://, file:/// or simulation://' })
      }
      const { uri, displayName } = scenario
      return scenarioMessage(
        await registerScenario(ports(), { tenant: identity.tenant }, { ...checkedNames({ id: scenarioId, requestId, displayName }), uri }),
      )
    },
    async uploadScenario(parts, { identity }) {
      const { header, files } = await receiveUpload(host.backends().store, parts, host.upload)
      const { scenarioId, requestId, displayName } = header
      return scenarioMessage(
        await registerUpload(ports(), { tenant: identity.tenant }, { ...checkedNames({ id: scenarioId, requestId, displayName }), files }),
      )
    },
    async getScenario({ name }, { identity }) {
      const found = await stored().get(identity.tenant, idOf('scenario', name))
      if (found === undefined) throw notFound(name)
      return scenarioMessage(found)
    },
    async listScenarios(request, { identity }) {
      const { filter, orderBy } = request
      const question = ['scenarios', filter, orderBy]
      const query = { ...scenarioFilter(filter), oldestFirst: !newestFirst(orderBy) }
      const { items, next } = await stored().list({ tenant: identity.tenant, ...query, ...pageOf(request, question) })
      return { $typeName: 'virga.v1.ListScenariosResponse', scenarios: items.map(scenarioMessage), nextPageToken: tokenOf(next, question) }
    },
    async deleteScenario({ name, etag }, { identity }) {
      const ifRevision = revisionOf(etag)
      await stored().remove(identity.tenant, idOf('scenario', name), ifRevision === undefined ? {} : { ifRevision })
      return create(DeleteScenarioResponseSchema)
    },
  })
}
