import { type AugmentHost, type AugmentSettings, openAugmentation, type OpenedAugmentation, type Progress } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import type { Bundle } from '@virga/models'
import { requestedControlMap } from './control-map.ts'
import type { TaskHost } from './host.ts'
import type { Inspection, Plan } from './plan.ts'

/** The host that a task's stages run on. */
export function stageHost(host: TaskHost, context: { readonly signal: AbortSignal; readonly progress: Progress }): AugmentHost {
  return {
    store: host.store,
    clock: host.clock,
    execution: host.execution,
    scratch: (suffix) => host.scratch(suffix),
    openDevice: () => host.openDevice(),
    openGenerator: (bundle) => host.openGenerator(bundle),
    ...context,
  }
}

/** The bundle of a plan. @throws VirgaError VIRGA_UNKNOWN_NAME; VIRGA_MISSING_DEPENDENCY when this worker has another one of that name */
export async function plannedBundle(host: TaskHost, { bundle }: Plan): Promise<Bundle> {
  const found = await host.bundles.find(bundle.name)
  if (found.digest === bundle.digest) return found
  throw new VirgaError('VIRGA_MISSING_DEPENDENCY', `this worker has another bundle ${bundle.name}: ${found.manifest.version}`, {
    file: found.dir,
    field: 'bundle',
    expected: `${bundle.version}, sha256 ${bundle.digest}`,
  })
}

/** Opens the drive for a task, and lets go of its files afterwards. */
export async function withAugmentation<Result>(
  host: TaskHost,
  stages: AugmentHost,
  asked: Pick<Inspection | Plan, 'scenario' | 'cameras' | 'variants' | 'generation'>,
  bundle: Bundle,
  use: (opened: OpenedAugmentation) => Promise<Result>,
): Promise<Result> {
  const { scenario } = asked
  const files = scenario.kind === 'simulation' ? undefined : await host.scenarios.open(scenario, stages.signal)
  try {
    const { width, height } = bundle.manifest.video
    const drive: AugmentSettings['drive'] =
      scenario.kind === 'simulation'
        ? { kind: 'simulation', seed: scenario.seed, size: scenario.size ?? { width: width * 2, height: height * 2 } }
        : { kind: 'log', path: files?.path ?? '' }
    return await use(await openAugmentation(stages, { ...(await settingsOf(asked, bundle)), drive }))
  } finally {
    files?.release()
  }
}

async function settingsOf(
  { cameras, variants, generation }: Pick<Plan, 'cameras' | 'variants' | 'generation'>,
  bundle: Bundle,
): Promise<Omit<AugmentSettings, 'drive'>> {
  const { frames, startSeconds, steps, guidance, controlMap } = generation
  return {
    cameras,
    variants: variants.map(({ look }) => look),
    bundle,
    // Each variant has its own.
    seed: 0,
    ...(frames === undefined ? {} : { frames }),
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(steps === undefined ? {} : { steps }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(controlMap === undefined ? {} : { controlMap: await requestedControlMap(controlMap) }),
  }
}

/** A drive that has changed since its inspection would give variants that do not belong together. */
export function expectSameDrive({ drive }: OpenedAugmentation, plan: Plan): void {
  if (drive.digest === plan.drive.digest) return
  throw new VirgaError('VIRGA_DIGEST_MISMATCH', `the log of scenario ${plan.drive.id} has changed since its inspection: ${drive.digest}`, {
    file: drive.scenario.origin.uri,
    expected: `sha256 ${plan.drive.digest}`,
  })
}
