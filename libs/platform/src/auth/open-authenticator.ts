import type { Authenticator } from './identity.ts'
import { readStaticTokens } from './static-tokens.ts'

/** Where nothing tells callers apart, everything belongs to this tenant. */
export const defaultTenant = 'default'

/** By a file of tokens; without one, everyone is the tenant `default`, named by the client's certificate where there is one. */
export async function openAuthenticator(tokensPath: string | undefined): Promise<Authenticator> {
  if (tokensPath !== undefined) return readStaticTokens(tokensPath)
  return {
    identify: async ({ certificateSubject }) => ({ tenant: defaultTenant, name: certificateSubject ?? 'anonymous', operator: true }),
  }
}
