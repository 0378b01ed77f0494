import { VirgaError } from '@virga/errors'
import { describe, expect, it } from 'vitest'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBackendConfig } from '../config/backend-config.ts'
import { connectBackends } from './connect-backends.ts'
import { type BackendParts, backendParts } from './open-backends.ts'

const real = async (): Promise<BackendParts> => {
  const home = await mkdtemp(join(tmpdir(), 'virga-platform-'))
  return backendParts(loadBackendConfig({ VIRGA_HOME: home }), 'test')
}
const down = (): Promise<never> => Promise.reject(new VirgaError('VIRGA_UNAVAILABLE', 'nobody answers'))

describe('waiting for backends', () => {
  it('opens each as soon as it answers, once, and closes them', async () => {
    const parts = await real()
    let tries = 0
    let catalogs = 0
    const failures: string[] = []
    const backends = await connectBackends(
      {
        ...parts,
        catalog: () => (catalogs++, parts.catalog()),
        bus: () => (++tries < 3 ? down() : parts.bus()),
      },
      { signal: new AbortController().signal, onFailure: (name) => failures.push(name) },
    )
    expect({ tries, catalogs, failures }).toEqual({ tries: 3, catalogs: 1, failures: ['bus', 'bus'] })
    expect(await backends.check()).toEqual([{ name: 'catalog' }, { name: 'store' }, { name: 'bus' }])
    await backends.close()
  })

  it('ends at once with what waiting does not mend, though another is down', async () => {
    const parts = await real()
    const newer = new VirgaError('VIRGA_FUTURE_VERSION', 'the catalog is of a newer release')
    const connecting = connectBackends(
      { ...parts, catalog: () => Promise.reject(newer), bus: down },
      { signal: new AbortController().signal, onFailure: () => undefined },
    )
    await expect(connecting).rejects.toBe(newer)
  })

  it('waits on for a login that is refused, and ends when it is told to', async () => {
    const parts = await real()
    const stop = new AbortController()
    const refused = () => Promise.reject(new VirgaError('VIRGA_UNAUTHENTICATED', 'wrong password'))
    let failures = 0
    const connecting = connectBackends(
      { ...parts, store: refused },
      { signal: stop.signal, onFailure: () => ++failures === 2 && stop.abort(new Error('told to')) },
    )
    await expect(connecting).rejects.toThrow('told to')
    expect(failures).toBe(2)
  })
})
