import { type BlobStore, type Clock, openDrive, silentProgress, type StageContext, whyNotDrawn } from '@virga/augmentation'
import type { ScenarioFindings } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { Scenario } from '@virga/scenario'
import type { ScenarioFiles, ScenarioSource } from './source.ts'

/** Pixels of a simulated camera where the URI gives none: twice the default bundle's. */
const defaultSize = { width: 640, height: 352 }

/**
 * Reads a scenario once and tells what is in it.
 *
 * @throws VirgaError of libs/formats and of the files
 */
export async function checkScenario(
  ports: { readonly store: BlobStore; readonly clock: Clock; readonly files: ScenarioFiles },
  source: ScenarioSource,
): Promise<ScenarioFindings> {
  const context: StageContext = { store: ports.store, clock: ports.clock, progress: silentProgress, scratch: noScratch }
  if (source.kind === 'simulation') {
    const { seed, size = defaultSize } = source
    const { scenario } = await openDrive(context, { kind: 'simulation', seed, size, frames: 1, fps: 24 })
    const { format, cameras } = findingsOf(scenario)
    // As long as it is asked for, and filmed by every camera that it has.
    const filmed = (cameras ?? []).map((camera) => ({ ...camera, hasVideo: true }))
    return { format: format ?? 'simulation', cameras: filmed, controls: ['hdmap', 'lidar', 'depth', 'seg', 'edge', 'vis'] }
  }
  const local = await ports.files.open(source)
  try {
    const { scenario, digest } = await openDrive(context, { kind: 'log', path: local.path })
    return { ...findingsOf(scenario), sha256: digest, durationUs: scenario.endUs - scenario.startUs }
  } finally {
    local.release()
  }
}

function findingsOf(scenario: Scenario): ScenarioFindings {
  const { origin, rig, images } = scenario
  const drawn = [
    ...(whyNotDrawn(scenario, 'hdmap') === undefined ? ['hdmap', 'depth', 'seg'] : []),
    ...(whyNotDrawn(scenario, 'lidar') === undefined ? ['lidar'] : []),
  ]
  return {
    format: origin.format,
    ...(origin.licence === undefined ? {} : { licence: origin.licence }),
    cameras: rig.cameras.map(({ name, model, width, height }) => ({
      name,
      model: modelNames[model.kind],
      width,
      height,
      hasVideo: images.has(name),
    })),
    controls: [...drawn, ...(images.size > 0 ? ['edge', 'vis'] : [])],
  }
}

/** Names of projections in the API. */
const modelNames = { ftheta: 'f-theta', pinhole: 'pinhole', 'opencv-rational': 'opencv', 'kannala-brandt': 'kannala-brandt' } as const

function noScratch(): never {
  throw new VirgaError('VIRGA_INTERNAL', 'checking a scenario makes no files')
}
