import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'
import type { Authenticator, Identity } from './identity.ts'

interface KnownToken {
  readonly digest: Buffer
  readonly identity: Identity
}

const tenantPattern = /^[a-z][a-z0-9-]{0,62}$/

/**
 * Tokens from a file: a line each, `TOKEN TENANT [NAME] [operator]`; empty lines and those that begin with "#" are left out. Only digests
 * are kept, and every one is compared in full, so the time of an answer tells nothing.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the line; VIRGA_MISSING_DEPENDENCY when the file cannot be read
 */
export async function readStaticTokens(path: string): Promise<Authenticator> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new VirgaError('VIRGA_MISSING_DEPENDENCY', 'the file of tokens cannot be read', { file: path, field: 'VIRGA_TOKENS' }, { cause })
  }
  const tokens = parseTokens(text, path)
  return { identify: async ({ authorization }) => identityOf(tokens, authorization) }
}

function parseTokens(text: string, file: string): readonly KnownToken[] {
  const tokens: KnownToken[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [token, tenant, ...name] = line.trim().split(/\s+/)
    if (token === undefined || token === '' || token.startsWith('#')) continue
    const refuse = (message: string, expected: string): VirgaError =>
      new VirgaError('VIRGA_BAD_INPUT', message, { file, record: `line ${index + 1}`, expected })
    if (token.length < 16) throw refuse('a token is too short', 'at least 16 characters')
    if (tenant === undefined || !tenantPattern.test(tenant)) {
      throw refuse('a line names no tenant', 'TOKEN TENANT [NAME], the tenant of 1 to 63 characters a-z, 0-9 and "-"')
    }
    const operator = name.at(-1) === 'operator'
    const shown = (operator ? name.slice(0, -1) : name).join(' ') || tenant
    tokens.push({ digest: digestOf(token), identity: { tenant, name: shown, operator } })
  }
  if (tokens.length === 0)
    throw new VirgaError('VIRGA_BAD_INPUT', 'the file holds no token', { file, expected: 'a line TOKEN TENANT [NAME]' })
  return tokens
}

function identityOf(tokens: readonly KnownToken[], authorization: string | undefined): Identity {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const expected = 'metadata "authorization: Bearer TOKEN"'
  if (given === undefined) throw new VirgaError('VIRGA_UNAUTHENTICATED', 'the call names no token', { expected })
  const digest = digestOf(given)
  let found: Identity | undefined
  for (const token of tokens) if (timingSafeEqual(digest, token.digest)) found = token.identity
  if (found === undefined) throw new VirgaError('VIRGA_UNAUTHENTICATED', 'the token is not known', { expected })
  return found
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()
