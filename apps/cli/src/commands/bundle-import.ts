import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ErrorCode, errorCodes, VirgaError } from '@virga/errors'
import { Command } from 'commander'
import { bytes } from '../terminal/format.ts'

interface ImportOptions {
  readonly model?: string
  readonly controls?: string
  readonly precision: string
  readonly out?: string
  readonly python?: string
  readonly sizes?: string
  readonly inlineUpTo?: string
  readonly json?: true
}

const worldModel = resolve(import.meta.dirname, '../../../world-model')

export function importCommand(): Command {
  return new Command('import')
    .description("Make a bundle of NVIDIA's Cosmos-Transfer1 files, as they are downloaded")
    .argument('<DIR>', 'folder with the downloaded files, at any depth')
    .option('--model <NAME>', 'cosmos-transfer1-7b or cosmos-transfer1-7b-sample-av (default: the one that the folder holds)')
    .option('--controls <LIST>', 'controls, separated by commas (default: those that are there)')
    .option('--precision <TYPE>', 'fp16, bf16 or fp32', 'fp16')
    .option('--out <DIR>', 'folder of the bundle (default: $VIRGA_HOME/bundles/<model>, else ~/.cache/virga/bundles/<model>)')
    .option('--python <PATH>', 'Python with the world model (default: apps/world-model/.venv/bin/python)')
    .option('--sizes <FILE>', 'JSON with other sizes of the same network, for trials with small weights')
    .option('--inline-up-to <BYTES>', 'weights beyond this lie beside the graph')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
What to download, and what it needs: apps/world-model/README.md. An import that was stopped goes on where it was when it is called again.

Examples:
  $ virga bundle import ~/checkpoints --model cosmos-transfer1-7b-sample-av
  $ virga bundle import ~/checkpoints --controls vis,edge --precision bf16 --out /data/bundles/transfer1`,
    )
    .action(async (dir: string, options: ImportOptions) => {
      const { importedBundlesFolder, verifyBundle } = await import('@virga/models')
      const python = pythonOf(options)
      const out = resolve(options.out ?? join(importedBundlesFolder(), options.model ?? (await modelOf(python, dir))))
      const passed = argumentsOf(options)
      await runPython(python, ['import', resolve(dir), '--out', out, ...passed])
      const { bundle, files } = await verifyBundle(out)
      const { name, version, graphs } = bundle.manifest
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ name, version, dir: bundle.dir, digest: bundle.digest, files, graphs }, null, 2)}\n`)
        return
      }
      const size = files.reduce((sum, file) => sum + file.bytes, 0)
      process.stdout.write(`${name} ${version}: ${files.length} files, ${bytes(size)}, in ${bundle.dir}; bundle digest ${bundle.digest}\n`)
    })
}

function argumentsOf({ model, controls, precision, sizes, inlineUpTo }: ImportOptions): string[] {
  const given = { model, controls, precision, sizes: sizes === undefined ? undefined : resolve(sizes), 'inline-up-to': inlineUpTo }
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

/** @throws VirgaError VIRGA_MISSING_DEPENDENCY with the command that sets it up */
function pythonOf({ python }: ImportOptions): string {
  const path = python ?? join(worldModel, '.venv', 'bin', 'python')
  if (existsSync(path)) return path
  throw new VirgaError('VIRGA_MISSING_DEPENDENCY', 'importing needs the Python environment of the world model', {
    file: path,
    expected: `an interpreter: run ${join(worldModel, 'tools', 'setup.sh')} (about 5.5 GB), or name one with --python`,
  })
}

/** The model whose files a folder holds. */
async function modelOf(python: string, dir: string): Promise<string> {
  const { model } = await runPython(python, ['which', resolve(dir)])
  return String(model)
}

/**
 * Runs the exporter; its progress goes to stderr as it comes. Ctrl-C reaches it too, since it is in the same process group, and it
 * leaves nothing half-written under its final name.
 *
 * @returns what it printed
 * @throws VirgaError with the code and message that it ended with
 */
async function runPython(python: string, parameters: readonly string[]): Promise<Record<string, unknown>> {
  const child = spawn(python, ['-m', 'virga_world_model.export', ...parameters, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONPATH: join(worldModel, 'src'), PYTHONWARNINGS: 'ignore' },
  })
  // The importer ends by itself on Ctrl-C and says so; this process waits for that.
  const wait = (): void => undefined
  process.on('SIGINT', wait)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = await new Promise<number | NodeJS.Signals>((done, fail) => {
    child.on('error', (cause) =>
      fail(new VirgaError('VIRGA_MISSING_DEPENDENCY', 'the Python interpreter cannot be started', { file: python }, { cause })),
    )
    child.on('close', (code, signal) => done(code ?? signal ?? 1))
  }).finally(() => process.off('SIGINT', wait))
  const result = lastObject(output)
  if (ended === 0) return result
  if (ended === 'SIGKILL' || ended === 137)
    throw new VirgaError('VIRGA_DEVICE', 'the import was killed, most likely for lack of memory', {
      expected: 'the memory that it named at its start (or --precision fp16); calling it again goes on from the finished graphs',
    })
  if (ended === 'SIGINT' || ended === 'SIGTERM' || ended === 130)
    throw new VirgaError('VIRGA_CANCELLED', 'the import was stopped; calling it again goes on from the finished graphs')
  const error = result.error
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error)
    throw new VirgaError(codeOf(error.code), String(error.message))
  throw new VirgaError('VIRGA_INTERNAL', `the importer ended with ${ended}; what it said is above`)
}

function codeOf(code: unknown): ErrorCode {
  return typeof code === 'string' && code in errorCodes ? (code as ErrorCode) : 'VIRGA_INTERNAL'
}

function lastObject(output: string): Record<string, unknown> {
  const line = output.trim().split('\n').at(-1) ?? ''
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
