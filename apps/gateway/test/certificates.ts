import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificates {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
  /** Signed by somebody else. */
  readonly stranger: { readonly cert: string; readonly key: string }
}

/** Paths of certificates made for one test, good for a day. */
export function makeCertificates(folder: string): Certificates {
  const path = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const authority = (name: string): void => {
    openssl('req', '-x509', ...key, '-keyout', path(`${name}.key`), '-out', path(`${name}.pem`), '-subj', `/CN=${name}`)
  }
  const signed = (name: string, by: string, extensions: string) => {
    writeFileSync(path(`${name}.ext`), extensions)
    openssl('req', '-new', ...key, '-keyout', path(`${name}.key`), '-out', path(`${name}.csr`), '-subj', `/CN=${name}`)
    const authorityFiles = ['-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`), '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      path(`${name}.csr`),
      ...authorityFiles,
      '-days',
      '1',
      '-extfile',
      path(`${name}.ext`),
      '-out',
      path(`${name}.pem`),
    )
    return { cert: path(`${name}.pem`), key: path(`${name}.key`) }
  }
  authority('authority')
  authority('elsewhere')
  return {
    ca: path('authority.pem'),
    server: signed('server', 'authority', 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n'),
    client: signed('client', 'authority', 'extendedKeyUsage=clientAuth\n'),
    stranger: signed('stranger', 'elsewhere', 'extendedKeyUsage=clientAuth\n'),
  }
}

export const read = (path: string): Buffer => readFileSync(path)

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
