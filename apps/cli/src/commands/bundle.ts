import { Command } from 'commander'
import { bytes, table } from '../terminal/format.ts'
import { importCommand } from './bundle-import.ts'

export function bundleCommand(): Command {
  return new Command('bundle')
    .description('List, check and import model bundles')
    .addCommand(listCommand())
    .addCommand(verifyCommand())
    .addCommand(importCommand())
    .addHelpText(
      'after',
      `
Examples:
  $ virga bundle list
  $ virga bundle verify mini
  $ virga bundle import ~/checkpoints --model cosmos-transfer1-7b-sample-av
  $ VIRGA_BUNDLES=~/bundles virga bundle list`,
    )
}

function listCommand(): Command {
  return new Command('list')
    .description('List the bundles in $VIRGA_BUNDLES, in models/, and the imported ones ($VIRGA_HOME/bundles, else ~/.cache/virga/bundles)')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { bundleFiles, bundleSearchPath, listBundles } = await import('@virga/models')
      const found = await listBundles()
      const rows = found.map((entry) => {
        if ('problem' in entry) return { dir: entry.dir, problem: entry.problem }
        const { manifest, digest } = entry.bundle
        const size = bundleFiles(manifest).reduce((sum, file) => sum + file.bytes, 0)
        const { name, version, licence, video, controls, looks, defaults, precision } = manifest
        return {
          name,
          version,
          licence,
          digest,
          bytes: size,
          video,
          controls,
          ...(precision === undefined ? {} : { precision }),
          looks: looks.map((look) => look.name),
          defaults,
          dir: entry.dir,
        }
      })
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ searched: bundleSearchPath(), bundles: rows }, null, 2)}\n`)
        return
      }
      if (rows.length === 0) process.stdout.write(`no bundle in ${bundleSearchPath().join(', ')}\n`)
      const lines = rows.map((row) =>
        'problem' in row
          ? ['(broken)', row.dir ?? '', row.problem ?? '']
          : [
              `${row.name} ${row.version}${row.precision === undefined ? '' : ` ${row.precision}`}`,
              `${row.video.width}x${row.video.height}, ${row.video.frames} frames`,
              bytes(row.bytes),
              Object.keys(row.controls).join('+'),
              row.licence,
              row.dir,
            ],
      )
      if (lines.length > 0) process.stdout.write(`${table(lines, '')}\n`)
    })
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Compare every file of a bundle with the digest that its manifest states')
    .argument('<NAME|DIR>', 'name of a bundle, or its folder')
    .option('--json', 'print JSON')
    .action(async (nameOrDir: string, options: { json?: true }) => {
      const { findBundle, verifyBundle } = await import('@virga/models')
      const { bundleFolder } = await import('../host/bundle-folder.ts')
      const dir = bundleFolder(nameOrDir) ?? (await findBundle(nameOrDir)).dir
      const { bundle, files } = await verifyBundle(dir)
      const { name, version } = bundle.manifest
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ name, version, dir: bundle.dir, digest: bundle.digest, files }, null, 2)}\n`)
        return
      }
      const rows = files.map((file) => ['ok', file.file, bytes(file.bytes), file.sha256])
      process.stdout.write(`${table(rows)}\n${name} ${version}: ${files.length} files as stated; bundle digest ${bundle.digest}\n`)
    })
}
