import { availableParallelism, totalmem } from 'node:os'
import { bytes } from '../terminal/format.ts'
import type { Check } from './check.ts'
import { checkRendering } from './check-rendering.ts'
import { checkVideo } from './check-video.ts'

/** Tries each part for real; a failure of one does not keep the others from being tried. */
export async function runChecks(storeFolder: string | undefined): Promise<Check[]> {
  const checks: Check[] = []
  for (const check of [checkNode, checkRendering, checkVideo, checkModels, () => checkStore(storeFolder)]) {
    try {
      checks.push(...(await check()))
    } catch (error) {
      checks.push({ name: nameOf(check), state: 'failed', detail: error instanceof Error ? error.message : String(error) })
    }
  }
  return checks
}

const nameOf = (check: { name: string }): string => check.name.replace('check', '').toLowerCase() || 'store'

async function checkNode(): Promise<Check[]> {
  const isPinned = process.execPath.includes('node_modules')
  const machine = `${process.platform} ${process.arch}, ${availableParallelism()} cores, ${bytes(totalmem())} memory`
  return [
    { name: 'node', state: 'ok', detail: `${process.version}${isPinned ? ' (pinned in the workspace)' : ` (${process.execPath})`}` },
    { name: 'machine', state: 'ok', detail: machine },
  ]
}

async function checkModels(): Promise<Check[]> {
  const { listBundles, usableProviders } = await import('@virga/models')
  const checks: Check[] = [
    { name: 'inference', state: 'ok', detail: `onnxruntime, providers to try in order: ${usableProviders().join(', ')}` },
  ]
  const found = await listBundles()
  if (found.length === 0) checks.push({ name: 'bundles', state: 'failed', detail: 'no bundle found; models/mini should be there' })
  for (const entry of found) {
    if ('problem' in entry) checks.push({ name: 'bundle', state: 'failed', detail: `${entry.dir}: ${entry.problem}` })
    else
      checks.push({ name: 'bundle', state: 'ok', detail: `${entry.bundle.manifest.name} ${entry.bundle.manifest.version} in ${entry.dir}` })
  }
  return checks
}

async function checkStore(folder: string | undefined): Promise<Check[]> {
  const { defaultStoreFolder, openFilesystemStore } = await import('@virga/adapters')
  const { statfs } = await import('node:fs/promises')
  const { store, scratch, root } = await openFilesystemStore(folder ?? defaultStoreFolder())
  try {
    const ref = await store.put(new TextEncoder().encode('virga doctor'))
    if (!(await store.verify(ref))) return [{ name: 'store', state: 'failed', detail: `${root} does not give back what was written` }]
  } finally {
    scratch.remove()
  }
  const { bavail, bsize } = await statfs(root)
  const free = bavail * bsize
  return [{ name: 'store', state: free < 2e9 ? 'warning' : 'ok', detail: `${root}, ${bytes(free)} free` }]
}
