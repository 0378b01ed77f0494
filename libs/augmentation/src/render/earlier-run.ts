import { VirgaError } from '@virga/errors'
import type { ControlMapFiles } from './control-map-files.ts'
import {
  differingSettings,
  isIntact,
  readRenderManifest,
  removeRenderManifest,
  type RenderedOutput,
  type RenderManifest,
  type RenderSettings,
} from './run-manifest.ts'

/** What a run before this one left complete. */
export interface EarlierRun {
  readonly outputs: readonly RenderedOutput[]
  readonly controlMaps: readonly ControlMapFiles[]
  readonly adapter: RenderManifest['adapter']
}

/** What an earlier run left complete; an earlier manifest goes when the run starts afresh. */
export async function earlierRun(
  { out, resume }: { readonly out: string; readonly resume: boolean },
  settings: RenderSettings,
): Promise<EarlierRun> {
  if (!resume) await removeRenderManifest(out)
  const before = resume ? await readRenderManifest(out) : undefined
  if (before === undefined) return { outputs: [], controlMaps: [], adapter: null }
  const differences = differingSettings(before.settings, settings)
  if (differences.length > 0) {
    throw new VirgaError('VIRGA_USAGE', `the run in ${out} had other settings: ${differences.join('; ')}`, {
      field: 'resume',
      expected: 'the same settings, or the same command without --resume to begin again',
    })
  }
  const outputs: RenderedOutput[] = []
  for (const output of before.outputs) if (await isIntact(out, output)) outputs.push(output)
  const controlMaps: ControlMapFiles[] = []
  for (const map of before.controlMaps) {
    const intact = await Promise.all(Object.values(map.weights).map((file) => isIntact(out, file)))
    if (intact.every(Boolean)) controlMaps.push(map)
  }
  return { outputs, controlMaps, adapter: before.adapter }
}
