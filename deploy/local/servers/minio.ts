import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { getMinio } from '../get/minio.ts'
import type { ServerSpec } from '../process.ts'

/** Of a server that only this machine can reach. */
const user = 'virga'
const password = 'virga-loopback'

export async function minioServer(folder: string, port: number, log: (line: string) => void): Promise<ServerSpec> {
  const command = await getMinio(log)
  const data = join(folder, 'minio')
  mkdirSync(data, { recursive: true })
  return {
    name: 'minio',
    command,
    args: ['server', data, '--address', `127.0.0.1:${port}`, '--console-address', '127.0.0.1:0'],
    cwd: folder,
    environment: { MINIO_ROOT_USER: user, MINIO_ROOT_PASSWORD: password, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' },
    stopSignal: 'SIGTERM',
    env: {
      VIRGA_STORE: `s3+http://127.0.0.1:${port}/virga`,
      VIRGA_STORE_ACCESS_KEY: user,
      VIRGA_STORE_SECRET_KEY: password,
    },
    isReady: () =>
      fetch(`http://127.0.0.1:${port}/minio/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
        ({ ok }) => ok,
        () => false,
      ),
  }
}
