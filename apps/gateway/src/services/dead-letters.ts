import type { DeadLetter as Stored } from '@virga/catalog'
import { DeadLetterService } from '@virga/contracts'
import { redriveDeadLetter } from '@virga/orchestration'
import { type Call, type Implementation, implementation } from '@virga/platform'
import { deadLetterMessage } from '../convert/dead-letter.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { pageOf, tokenOf } from '../paging.ts'
import { idOf, notFound } from '../resource-names.ts'

export function deadLetters(host: GatewayHost): Implementation {
  const stored = () => host.backends().catalog.deadLetters
  const own = async (name: string, { identity }: Call): Promise<Stored> => {
    const found = await stored().get(idOf('deadLetter', name))
    if (found === undefined || (identity.operator !== true && found.tenant !== identity.tenant)) throw notFound(name)
    return found
  }
  return implementation(DeadLetterService, {
    async getDeadLetter({ name }, call) {
      return deadLetterMessage(await own(name, call), { withPayload: true })
    },
    async listDeadLetters(request, { identity }) {
      const { includeRedriven } = request
      const question = ['dead-letters', String(includeRedriven)]
      const whose = identity.operator === true ? {} : { tenant: identity.tenant }
      const { items, next } = await stored().list({ ...whose, includeRedriven, ...pageOf(request, question) })
      return {
        $typeName: 'virga.v1.ListDeadLettersResponse',
        deadLetters: items.map((letter) => deadLetterMessage(letter, { withPayload: false })),
        nextPageToken: tokenOf(next, question),
      }
    },
    async redriveDeadLetter({ name }, call) {
      const { id } = await own(name, call)
      const { catalog, bus } = host.backends()
      return deadLetterMessage(await redriveDeadLetter({ deadLetters: catalog.deadLetters, bus }, id), { withPayload: true })
    },
  })
}
