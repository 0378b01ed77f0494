import { VirgaError } from '@virga/errors'

const idPattern = /^[a-z][a-z0-9-]{0,62}$/
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const longestName = 255

interface Asked {
  readonly id: string
  readonly requestId: string
  readonly displayName: string
}

/** What a caller asks a new scenario to be called; what is empty is left out. @throws VirgaError VIRGA_BAD_INPUT naming the field */
export function checkedNames({ id, requestId, displayName }: Asked): Partial<Asked> {
  if (id !== '' && !idPattern.test(id)) throw refused(id, 'scenario_id', '1 to 63 characters a-z, 0-9 and "-", beginning with a letter')
  if (requestId !== '' && !uuidPattern.test(requestId)) throw refused(requestId, 'request_id', 'a UUID')
  if (displayName.length > longestName) throw refused(`${displayName.slice(0, 40)}...`, 'display_name', `at most ${longestName} characters`)
  return {
    ...(id === '' ? {} : { id }),
    ...(requestId === '' ? {} : { requestId }),
    ...(displayName === '' ? {} : { displayName }),
  }
}

const refused = (value: string, field: string, expected: string): VirgaError =>
  new VirgaError('VIRGA_BAD_INPUT', `"${value.slice(0, 300)}" cannot be taken`, { field, expected })
