import { createReadStream } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import {
  type DeleteScenarioRequestSchema,
  type GetScenarioRequestSchema,
  type MessageInitShape,
  type Scenario,
  Scenario_State,
  type UploadScenarioRequestSchema,
} from '@virga/contracts'
import { isVirgaError, VirgaError } from '@virga/errors'
import { type LogContent, readLogContent } from './log-files.ts'
import { callError, Retries, type RetryPolicy } from './retry.ts'
import type { CallOptions } from './service-client.ts'

type Part = MessageInitShape<typeof UploadScenarioRequestSchema>

/** Of the scenario service, what an upload needs. */
export interface UploadPort {
  getScenario(request: MessageInitShape<typeof GetScenarioRequestSchema>, options?: CallOptions): Promise<Scenario>
  deleteScenario(request: MessageInitShape<typeof DeleteScenarioRequestSchema>, options?: CallOptions): Promise<unknown>
  uploadScenario(parts: AsyncIterable<Part>, options?: CallOptions): Promise<Scenario>
}

export interface UploadOptions {
  readonly server: string
  readonly policy: RetryPolicy
  readonly signal?: AbortSignal
  readonly onBytes?: (done: number, total: number) => void
}

const chunkBytes = 256 * 1024

/**
 * Uploads the folder of a log and registers it under an id made from its content: the same log is uploaded once, however often it is asked for.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a folder that cannot be read; VIRGA_WRONG_STATE for a log that the server could not use; VIRGA_CANCELLED
 */
export async function uploadFolder(port: UploadPort, folder: string, options: UploadOptions): Promise<Scenario> {
  const { server, policy, signal, onBytes } = options
  const call = signal === undefined ? {} : { signal }
  const content = await readLogContent(folder, signal)
  // The base name belongs to the content: some formats take the name of the log from it.
  const displayName = basename(resolve(folder))
  const scenarioId = `log-${content.sha256.slice(0, 32)}`
  const known = await ifFound(port.getScenario({ name: `scenarios/${scenarioId}` }, call))
  if (known !== undefined && known.state !== Scenario_State.FAILED) {
    onBytes?.(content.size, content.size)
    return known
  }
  // What made it fail may have been mended since.
  if (known !== undefined) await port.deleteScenario({ name: known.name }, call)
  const retries = new Retries(policy)
  for (;;) {
    try {
      return await port.uploadScenario(partsOf(folder, content, { scenarioId, displayName }, onBytes), call)
    } catch (thrown) {
      await retries.afterFailure(callError(thrown, server), signal)
    }
  }
}

async function* partsOf(
  folder: string,
  { files, size: total }: LogContent,
  names: { readonly scenarioId: string; readonly displayName: string },
  onBytes: UploadOptions['onBytes'],
): AsyncGenerator<Part> {
  yield { part: { case: 'header', value: names } }
  let done = 0
  for (const { path, sha256, size } of files) {
    yield { part: { case: 'file', value: { path, blob: { sha256, sizeBytes: BigInt(size) } } } }
    const file = join(folder, path)
    const before = done
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      const bytes = chunk as Buffer
      yield { part: { case: 'chunk', value: bytes } }
      done += bytes.length
      onBytes?.(done, total)
    }
    if (done - before !== size) {
      throw new VirgaError('VIRGA_BAD_INPUT', 'changed while it was uploaded', { file, expected: `${size} bytes, as before` })
    }
  }
}

async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isVirgaError(error) && error.code === 'VIRGA_NOT_FOUND') return undefined
    throw error
  }
}
