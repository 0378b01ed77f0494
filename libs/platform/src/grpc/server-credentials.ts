import { readFile } from 'node:fs/promises'
import { ServerCredentials } from '@grpc/grpc-js'
import { VirgaError } from '@virga/errors'

export interface TlsFiles {
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly clientCa?: string | undefined
}

/** TLS from files, mutual with `clientCa`, none when nothing is given. @throws VirgaError VIRGA_USAGE, VIRGA_MISSING_DEPENDENCY, VIRGA_BAD_INPUT */
export async function serverCredentials({ cert, key, clientCa }: TlsFiles): Promise<ServerCredentials> {
  if (cert === undefined && key === undefined && clientCa === undefined) return ServerCredentials.createInsecure()
  if (cert === undefined || key === undefined) {
    const field = cert === undefined ? 'VIRGA_TLS_CERT' : 'VIRGA_TLS_KEY'
    throw new VirgaError('VIRGA_USAGE', 'TLS needs a certificate and its key', { field, expected: 'the path of a PEM file' })
  }
  const [chain, privateKey] = await Promise.all([read(cert, 'VIRGA_TLS_CERT'), read(key, 'VIRGA_TLS_KEY')])
  const roots = clientCa === undefined ? null : await read(clientCa, 'VIRGA_TLS_CLIENT_CA')
  try {
    return ServerCredentials.createSsl(roots, [{ cert_chain: chain, private_key: privateKey }], roots !== null)
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'certificate or key cannot be used', { file: cert, expected: 'PEM' }, { cause })
  }
}

async function read(file: string, field: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new VirgaError('VIRGA_MISSING_DEPENDENCY', 'a file of TLS cannot be read', { file, field }, { cause })
  }
}
