import { Command } from 'commander'
import type { GarbageReport } from '@virga/adapters'
import type { BlobStoreAdmin } from '@virga/augmentation'
import type { Catalog } from '@virga/catalog'
import type { BackendConfig } from '@virga/platform'
import { age } from '../options/parsers.ts'
import { bytes, table } from '../terminal/format.ts'

export function storageCommand(): Command {
  return new Command('storage').description('The blob store').addCommand(applyCommand()).addCommand(gcCommand())
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

interface GcOptions {
  readonly safeAge: number
  readonly entryAge: number
  readonly dryRun?: true
  readonly json?: true
}

function gcCommand(): Command {
  return new Command('gc')
    .description('Remove blobs that nothing in the catalog keeps and nobody has used for a while; everybody else may go on working')
    .option('--safe-age <AGE>', 'remove what was neither written nor used for so long, such as 12h or 7d', age, age('7d'))
    .option('--entry-age <AGE>', 'forget cached results of stages that were not written for so long', age, age('30d'))
    .option('--dry-run', 'count, remove nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Works on the catalog and the store that VIRGA_HOME or VIRGA_CATALOG and VIRGA_STORE name. Interrupted, it goes on the next time.

Examples:
  $ virga storage gc --dry-run
  $ virga storage gc --safe-age 2d`,
    )
    .action(async (options: GcOptions) => {
      const { collectGarbage } = await import('@virga/adapters')
      const { loadBackendConfig } = await import('@virga/platform')
      const config = loadBackendConfig(process.env)
      const { admin, close } = await openAdmin(config.store)
      const catalog = await openCatalog(config.catalog)
      const stop = new AbortController()
      const onSignal = () => stop.abort()
      process.once('SIGINT', onSignal)
      try {
        const report = await collectGarbage({
          admin,
          referenced: () => catalog.blobs.referenced(),
          forget: (digests) => catalog.blobs.forget(digests),
          safeAgeMs: options.safeAge,
          entryAgeMs: options.entryAge,
          dryRun: options.dryRun === true,
          signal: stop.signal,
          onProgress: ({ kept, young, removed }) =>
            process.stderr.write(`${kept + young + removed.blobs} blobs seen, ${removed.blobs} removed\n`),
        })
        if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
        else process.stdout.write(`${table(gcRows(report, options.dryRun === true), '')}\n`)
      } finally {
        process.off('SIGINT', onSignal)
        await catalog.close()
        close()
      }
    })
}

function gcRows(report: GarbageReport, dryRun: boolean): string[][] {
  const { kept, young, removed, entries, leftovers } = report
  return [
    ['kept by the catalog', `${kept} blobs`],
    ['too young', `${young} blobs`],
    [dryRun ? 'would be removed' : 'removed', `${removed.blobs} blobs, ${bytes(removed.bytes)}`],
    [dryRun ? 'would be forgotten' : 'forgotten', `${entries} cached results`],
    ...(leftovers === 0 ? [] : [['leftovers removed', String(leftovers)]]),
  ]
}

async function openAdmin(store: BackendConfig['store']): Promise<{ readonly admin: BlobStoreAdmin; close(this: void): void }> {
  if (store.kind === 'folder') {
    const { openFilesystemStore } = await import('@virga/adapters')
    const { admin, scratch } = await openFilesystemStore(store.path)
    return { admin, close: () => scratch.remove() }
  }
  const { openMinioAdmin } = await import('@virga/adapters/minio')
  return { admin: await openMinioAdmin(store), close: () => undefined }
}

async function openCatalog(catalog: BackendConfig['catalog']): Promise<Catalog> {
  const { openPostgresCatalog, openSqliteCatalog } = await import('@virga/adapters/catalog')
  return catalog.kind === 'sqlite' ? openSqliteCatalog(catalog.path) : openPostgresCatalog(catalog.url, { maxConnections: 2 })
}
