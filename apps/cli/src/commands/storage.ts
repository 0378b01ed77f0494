import { Command } from 'commander'
import { table } from '../terminal/format.ts'

export function storageCommand(): Command {
  return new Command('storage').description('The blob store').addCommand(applyCommand())
}

function applyCommand(): Command {
  return new Command('apply')
    .description('Make the bucket and its lifecycle rules; doing it again changes nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nExample:\n  $ VIRGA_STORE=s3+http://localhost:9000/virga VIRGA_STORE_ACCESS_KEY=... VIRGA_STORE_SECRET_KEY=... virga storage apply`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { loadBackendConfig } = await import('@virga/platform')
      const { store } = loadBackendConfig(process.env)
      const made = store.kind === 'folder' ? await applyFolder(store.path) : await applyBucket(store)
      if (json === true) process.stdout.write(`${JSON.stringify({ storage: made }, null, 2)}\n`)
      else
        process.stdout.write(
          `${table(
            made.map(({ name, outcome, detail = '' }) => [name, outcome, detail]),
            '',
          )}\n`,
        )
    })
}

interface Outcome {
  readonly name: string
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly detail?: string
}

/** A folder makes itself; what is shown is that it can be written. */
async function applyFolder(path: string): Promise<readonly Outcome[]> {
  const { openFilesystemStore } = await import('@virga/adapters')
  const { stat } = await import('node:fs/promises')
  const was = await stat(path).catch(() => undefined)
  const { scratch } = await openFilesystemStore(path)
  scratch.remove()
  return [{ name: `folder ${path}`, outcome: was === undefined ? 'created' : 'unchanged' }]
}

async function applyBucket(access: {
  readonly endpoint: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
}): Promise<readonly Outcome[]> {
  const { applyStorage } = await import('@virga/adapters/minio')
  const { endpoint, bucket, accessKey, secretKey } = access
  return applyStorage({ endpoint, bucket, accessKey, secretKey })
}
