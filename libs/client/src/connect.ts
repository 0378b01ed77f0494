import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AugmentationService,
  BundleService,
  DeadLetterService,
  PresetService,
  type Scenario,
  ScenarioService,
  TaskService,
  type Variant,
  VariantService,
  type WatchAugmentationResponse,
} from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { type Channel, type ChannelOptions, openChannel } from './channel.ts'
import { download } from './download.ts'
import type { RetryPolicy } from './retry.ts'
import { serviceClient } from './service-client.ts'
import { uploadFolder } from './upload.ts'
import { watchToEnd } from './watch.ts'

export interface ConnectOptions extends ChannelOptions {
  readonly retry?: Partial<RetryPolicy>
}

/** What a transfer of files may be given. */
export interface TransferOptions {
  readonly signal?: AbortSignal
  readonly onBytes?: (done: number, total: number) => void
}

export type VirgaClient = ReturnType<typeof clientOf>

/**
 * Connects to a server of the Virga API; the connection is made with the first call.
 *
 * @throws VirgaError VIRGA_USAGE for an address that is none; VIRGA_BAD_INPUT for a certificate that cannot be read
 */
export async function connect({ retry = {}, ...options }: ConnectOptions): Promise<VirgaClient> {
  return clientOf(await openChannel(options), { forMs: 60_000, ...retry })
}

function clientOf(channel: Channel, policy: RetryPolicy) {
  const { server } = channel
  const scenarios = serviceClient(channel, ScenarioService, policy)
  const augmentations = serviceClient(channel, AugmentationService, policy)
  const variants = serviceClient(channel, VariantService, policy)
  const tasks = serviceClient(channel, TaskService, policy)
  return {
    server,
    scenarios,
    augmentations,
    variants,
    tasks,
    bundles: serviceClient(channel, BundleService, policy),
    presets: serviceClient(channel, PresetService, policy),
    deadLetters: serviceClient(channel, DeadLetterService, policy),

    /** Follows an augmentation to its end, over servers that go away and come back. */
    watch: (name: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<WatchAugmentationResponse> =>
      watchToEnd(
        (afterRevision) => augmentations.watchAugmentation({ name, afterRevision }, signal === undefined ? {} : { signal }),
        server,
        policy,
        signal,
      ),

    /** Uploads a log and registers it; one that the server has already is not sent again. */
    uploadFolder: (folder: string, options: TransferOptions = {}): Promise<Scenario> =>
      uploadFolder(scenarios, folder, { server, policy, ...options }),

    /** Brings a file of a variant: whole and with its digest, or not at all. @returns false when it was there already */
    async downloadVariantFile(variant: Variant, path: string, to: string, options: TransferOptions = {}): Promise<boolean> {
      const blob = variant.files.find((file) => file.path === path)?.blob
      if (blob === undefined) throw noFile(variant.name, path, variant.files.map((file) => file.path).join(', '))
      const call = options.signal === undefined ? {} : { signal: options.signal }
      const open = (offsetBytes: bigint) => variants.downloadVariant({ name: variant.name, path, offsetBytes }, call)
      return download({ blob, open, to, server, policy, ...options })
    },

    /** A small file of a variant, in memory; checked like one that is brought. */
    async readVariantFile(variant: Variant, path: string, options: Pick<TransferOptions, 'signal'> = {}): Promise<Buffer> {
      const folder = await mkdtemp(join(tmpdir(), 'virga-read-'))
      try {
        await this.downloadVariantFile(variant, path, join(folder, 'file'), options)
        return await readFile(join(folder, 'file'))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },

    /** Brings an output of a task, such as the report of the task "publish". */
    async downloadTaskOutput(name: string, output: string, to: string, options: TransferOptions = {}): Promise<boolean> {
      const call = options.signal === undefined ? {} : { signal: options.signal }
      const { outputs } = await tasks.getTask({ name }, call)
      const blob = outputs[output]
      if (blob === undefined) throw noFile(name, output, Object.keys(outputs).join(', '))
      const open = (offsetBytes: bigint) => tasks.downloadTaskOutput({ name, output, offsetBytes }, call)
      return download({ blob, open, to, server, policy, ...options })
    },

    close: (): void => channel.client.close(),
  }
}

function noFile(of: string, path: string, there: string): VirgaError {
  return new VirgaError('VIRGA_NOT_FOUND', `${of} has no such file`, { record: path, expected: `one of: ${there || 'none'}` })
}
