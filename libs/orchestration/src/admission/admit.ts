import { defaultFrames } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import type { Bundle } from '@virga/models'
import { sourceOf } from '../scenarios/uri.ts'
import type { Inspection } from '../tasks/plan.ts'
import { admitControlMap } from './admit-control-map.ts'
import { admitFrames } from './admit-frames.ts'
import { admitVariants } from './admit-variants.ts'
import type { AdmissionLimits, AdmissionPorts, Admitted, AugmentationSpec, KnownScenario } from './types.ts'

const defaults: AdmissionLimits = { tasks: 10_000, frames: 50_000 }
const defaultBundle = 'bundles/mini'

/**
 * Refuses what cannot run, with the reason and the field; cheap: reads manifests and the catalog, no log. The scenario, presets and names
 * are looked up here and pinned in the first task, so that later changes of them do not reach work that was accepted.
 *
 * @throws VirgaError VIRGA_NOT_FOUND for the scenario, VIRGA_WRONG_STATE when it is not ready, VIRGA_UNKNOWN_NAME for bundle, camera, look,
 *   preset, control or control map, VIRGA_OUT_OF_RANGE for frames, VIRGA_TOO_LARGE for too many tasks or frames, VIRGA_BAD_INPUT for a
 *   control map, VIRGA_USAGE for the rest
 */
export async function admit(ports: AdmissionPorts, tenant: string, spec: AugmentationSpec): Promise<Admitted> {
  const limits = { ...defaults, ...ports.limits }
  const scenario = spec.scenario.slice('scenarios/'.length)
  const known = await readyScenario(ports, tenant, scenario)
  const bundle = await ports.bundles.find((spec.bundle ?? defaultBundle).slice('bundles/'.length))
  admitCameras(spec.cameras, known)
  const variants = await admitVariants(spec.variants, bundle)
  const source = sourceOf(known)
  const generation = await admitGeneration(spec, known, bundle, limits)
  const tasks = spec.cameras.length * (variants.length + 1) + 2
  if (tasks > limits.tasks)
    throw new VirgaError('VIRGA_TOO_LARGE', `${spec.cameras.length} cameras with ${variants.length} variants are ${tasks} tasks`, {
      field: 'variants',
      expected: `at most ${limits.tasks} tasks`,
    })
  const input: Inspection = {
    schema: 'virga.inspect/1',
    scenario: source,
    bundle: bundle.manifest.name,
    cameras: spec.cameras,
    variants,
    generation,
  }
  return {
    spec: {
      ...spec,
      bundle: spec.bundle ?? defaultBundle,
      variants: spec.variants.map((variant, i) => ({ ...variant, variantId: variants[i].id })),
    },
    scenario,
    tasks: [{ key: 'inspect', stage: 'inspect', input }],
  }
}

async function readyScenario({ scenarios }: AdmissionPorts, tenant: string, id: string): Promise<KnownScenario> {
  const known = await scenarios.find(tenant, id)
  if (known === undefined)
    throw new VirgaError('VIRGA_NOT_FOUND', `no scenario scenarios/${id}`, { field: 'scenario', expected: 'a registered scenario' })
  if (known.state === 'ready') return known
  const reason = known.state === 'checking' ? 'is still being checked' : `cannot be used: ${known.failure?.message ?? 'its check failed'}`
  throw new VirgaError('VIRGA_WRONG_STATE', `scenario scenarios/${id} ${reason}`, {
    field: 'scenario',
    expected: 'a scenario that is READY',
  })
}

function admitCameras(asked: readonly string[], { cameras }: KnownScenario): void {
  const names = cameras.map(({ name }) => name)
  asked.forEach((camera, i) => {
    const field = `cameras[${i}]`
    if (!names.includes(camera))
      throw new VirgaError('VIRGA_UNKNOWN_NAME', `the scenario has no camera ${camera}`, {
        field,
        expected: `one of: ${names.join(', ') || 'none: the log has no calibration'}`,
      })
    if (asked.indexOf(camera) !== i) throw new VirgaError('VIRGA_USAGE', `camera ${camera} twice`, { field, expected: 'each camera once' })
  })
}

async function admitGeneration(
  { generation = {} }: AugmentationSpec,
  known: KnownScenario,
  bundle: Bundle,
  limits: AdmissionLimits,
): Promise<Inspection['generation']> {
  const { frames, startOffset, steps, guidance, controlMap } = generation
  const startSeconds = startOffset === undefined ? undefined : Number(startOffset.slice(0, -1))
  admitFrames({ frames, preferred: defaultFrames, startSeconds: startSeconds ?? 0, fps: bundle.manifest.video.fps }, known, limits)
  if (controlMap !== undefined) await admitControlMap(controlMap, bundle)
  return {
    ...(frames === undefined ? {} : { frames }),
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(steps === undefined ? {} : { steps }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(controlMap === undefined ? {} : { controlMap }),
  }
}

export type { AdmissionLimits, AdmissionPorts, Admitted, AugmentationSpec, KnownScenario } from './types.ts'
