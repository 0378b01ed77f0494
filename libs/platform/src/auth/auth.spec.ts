import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openAuthenticator } from './open-authenticator.ts'

const [alpha, beta] = ['alpha-token-0123456789', 'beta-token-0123456789']

async function tokens(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'virga-tokens-')), 'tokens')
  await writeFile(path, text)
  return path
}

describe('static tokens', () => {
  it('tell tenants apart', async () => {
    const authenticator = await openAuthenticator(
      await tokens(`# who\n\n${alpha} perception Night shift\n${beta} simulation ops operator\n`),
    )
    expect(await authenticator.identify({ authorization: `Bearer ${alpha}` })).toEqual({
      tenant: 'perception',
      name: 'Night shift',
      operator: false,
    })
    expect(await authenticator.identify({ authorization: `bearer ${beta}` })).toEqual({ tenant: 'simulation', name: 'ops', operator: true })
  })

  it.each([[undefined], [''], ['Bearer'], [`Basic ${alpha}`], [`Bearer ${alpha}x`], [`Bearer ${alpha} ${beta}`]])(
    'refuse %s',
    async (given) => {
      const authenticator = await openAuthenticator(await tokens(`${alpha} perception\n`))
      await expect(authenticator.identify(given === undefined ? {} : { authorization: given })).rejects.toMatchObject({
        code: 'VIRGA_UNAUTHENTICATED',
      })
    },
  )

  it.each([
    ['short x', 'line 1', 'VIRGA_BAD_INPUT'],
    [`# fine\n${alpha}`, 'line 2', 'VIRGA_BAD_INPUT'],
    [`${alpha} Tenant`, 'line 1', 'VIRGA_BAD_INPUT'],
    ['# nothing\n', 'no token', 'VIRGA_BAD_INPUT'],
  ])('refuse the file %j', async (text, message, code) => {
    await expect(openAuthenticator(await tokens(text))).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
  })

  it('say which file is missing', async () => {
    await expect(openAuthenticator('/nowhere/tokens')).rejects.toMatchObject({
      code: 'VIRGA_MISSING_DEPENDENCY',
      place: { file: '/nowhere/tokens' },
    })
  })

  it('are not needed: then everyone is the tenant "default"', async () => {
    const authenticator = await openAuthenticator(undefined)
    expect(await authenticator.identify({ certificateSubject: 'laptop' })).toEqual({ tenant: 'default', name: 'laptop', operator: true })
  })
})
