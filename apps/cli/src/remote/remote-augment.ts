import { join } from 'node:path'
import type { VirgaClient } from '@virga/client'
import { type Augmentation, Augmentation_State, AugmentationSchema, type Scenario, toJson } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { AugmentOptions } from '../commands/augment-options.ts'
import { printResult } from '../commands/print-result.ts'
import { connectTo, type ServerOptions } from '../options/server-options.ts'
import { ProgressView } from '../terminal/progress-view.ts'
import { failureError } from './failure-error.ts'
import { fetchVariants } from './fetch-results.ts'
import { follow } from './follow.ts'
import { registerDrive } from './remote-drive.ts'
import { remoteRequest, requireCarried } from './remote-request.ts'
import { uuidOf } from './uuid-of.ts'

/** `virga --server ... augment`: the same as a local run, but the work is done by a server. */
export async function remoteAugment(server: ServerOptions, log: string | undefined, options: AugmentOptions): Promise<void> {
  requireCarried(options)
  const { systemClock } = await import('@virga/augmentation')
  const { lookName, parseLook } = await import('@virga/simulation')
  const { checkWritable } = await import('../host/output-folder.ts')
  const { interruptible } = await import('../host/interrupt.ts')
  const looks = [...new Map(options.variant.map(parseLook).map((look) => [lookName(look), look])).values()]
  const out = await checkWritable(options.out)
  const view = new ProgressView(process.stderr, systemClock)
  const client = await connectTo(server, {
    onRetry: (error, waitMs) => view.message(`${error.message}; trying again in ${(waitMs / 1000).toFixed(1)} s`),
  })
  const interrupt = interruptible(() => view.message('cancelling; the same command goes on from the finished stages'))
  const { signal } = interrupt
  try {
    const { simulate, size } = options
    const drive = {
      ...(log === undefined ? {} : { log }),
      ...(simulate === undefined ? {} : { simulate }),
      ...(size === undefined ? {} : { size }),
    }
    const scenario = await registerDrive(client, drive, view, signal)
    const cameras = camerasOf(options, scenario, log)
    const asked = await remoteRequest(options, scenario.name, cameras, looks)
    const { name } = await createOrJoin(client, asked, signal)
    view.message(`${name}: followed`)
    const ended = await followOrCancel(client, name, view, signal)
    const tasksDone = ended.taskCounts?.done ?? 0
    const fetched = await fetchVariants(client, name, cameras, out, view, signal)
    if (ended.state === Augmentation_State.CANCELLED) throw new VirgaError('VIRGA_CANCELLED', `${name} was cancelled`)
    if (ended.state !== Augmentation_State.SUCCEEDED || fetched === undefined) throw failureError(ended.failure, name)
    const contactSheet = join(out, 'contact-sheet.png')
    const report = join(out, 'report.html')
    await client.downloadTaskOutput(`${name}/tasks/publish`, 'contact-sheet.png', contactSheet, { signal })
    await client.downloadTaskOutput(`${name}/tasks/publish`, 'report.html', report, { signal })
    view.close()
    const result = { ...fetched, contactSheet, report, out, augmentation: name, tasks: { done: tasksDone } }
    printResult(result, `Tasks: ${tasksDone} done by ${client.server} (${name})`, options.json === true)
  } finally {
    view.close()
    interrupt.release()
    client.close()
  }
}

function camerasOf(options: AugmentOptions, scenario: Scenario, log: string | undefined): readonly string[] {
  if (options.camera !== undefined) return options.camera
  const names = scenario.cameras.map(({ name }) => name)
  if (log === undefined) return names.length === 0 ? ['front'] : names
  throw new VirgaError('VIRGA_USAGE', 'no camera was named', {
    field: 'camera',
    expected: `one of: ${names.join(', ') || 'none: the log has no calibration'}`,
  })
}

/**
 * Asks for the work under an id that comes from the request: the same command finds what it asked for before. What has ended without its results
 * is asked for anew.
 */
async function createOrJoin(client: VirgaClient, augmentation: Augmentation, signal: AbortSignal): Promise<Augmentation> {
  const content = toJson(AugmentationSchema, augmentation)
  for (let attempt = 0; ; attempt++) {
    const made = await client.augmentations.createAugmentation({ augmentation, requestId: uuidOf([content, attempt]) }, { signal })
    const { state } = made
    const isOver = state === Augmentation_State.FAILED || state === Augmentation_State.CANCELLED || state === Augmentation_State.CANCELLING
    if (!isOver) return made
  }
}

/** Follows the work to its end; a signal cancels it on the server first. */
async function followOrCancel(client: VirgaClient, name: string, view: ProgressView, signal: AbortSignal): Promise<Augmentation> {
  try {
    return await follow(client, name, view, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    await client.augmentations.cancelAugmentation({ name })
    throw new VirgaError('VIRGA_CANCELLED', `${name} was cancelled on ${client.server}`)
  }
}
