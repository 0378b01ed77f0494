import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { MissingPart, Scenario } from '@virga/scenario'
import { findGroundHeight } from './ground-height.ts'
import { parts } from './layout.ts'
import { readAnnotations } from './read-annotations.ts'
import { readCalibration } from './read-calibration.ts'
import { readImages } from './read-images.ts'
import { readLicence } from './read-licence.ts'
import { readMap } from './read-map.ts'
import { readPoses } from './read-poses.ts'
import { readSweeps } from './read-sweeps.ts'

/**
 * Reads an Argoverse 2 sensor log. The world frame is the log's city frame.
 *
 * Ego poses are required; annotations, map, calibration, sweeps, images and a licence are optional, and `missing` names those that the log
 * does not have. A part that is there but broken is an error. Sweeps and images are listed now and read when they are asked for.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file, row or element, column or field, and what was expected
 */
export async function openArgoverse2(path: string): Promise<Scenario> {
  const folder = resolve(path)
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'not a folder', { file: folder, expected: 'the folder of one Argoverse 2 log' })
  }
  const ego = await readPoses(folder)
  const [tracks, map, calibration, sweeps, licence] = await Promise.all([
    readAnnotations(folder, ego),
    readMap(folder),
    readCalibration(folder),
    readSweeps(folder),
    readLicence(folder),
  ])
  const loadGroundHeight = await findGroundHeight(folder)
  const images = await readImages(folder, calibration.rig.cameras)
  const id = map?.logId ?? basename(folder)
  const missing: MissingPart[] = [...calibration.missing]
  if (map === undefined) missing.push({ part: 'map', detail: `no ${parts.map}/log_map_archive_*.json` })
  else if (loadGroundHeight === undefined) missing.push({ part: 'other', detail: `no ground height raster in ${parts.map}` })
  if (tracks === undefined) missing.push({ part: 'tracks', detail: `no ${parts.annotations}` })
  missing.push(...missingSweeps(sweeps, tracks), ...missingImages(images, calibration.rig.cameras))
  if (licence === undefined) {
    missing.push({ part: 'licence', detail: 'no licence file; the published Argoverse 2 logs are CC-BY-NC-SA-4.0 (non-commercial)' })
  }
  return {
    id,
    origin: {
      format: 'argoverse2',
      uri: folder,
      ...(licence === undefined ? {} : { licence }),
      ...(map === undefined ? {} : { region: map.region }),
    },
    startUs: ego.timesUs[0],
    endUs: ego.timesUs[ego.timesUs.length - 1],
    rig: calibration.rig,
    ego,
    map: map?.elements ?? [],
    ...(map === undefined ? {} : { drivableAreas: map.drivableAreas }),
    ...(loadGroundHeight === undefined ? {} : { loadGroundHeight }),
    tracks: tracks ?? [],
    sweeps: sweeps ?? [],
    images,
    missing,
  }
}

/** Labels are made on sweeps, so the stamps of the labels tell how many sweeps there should be. */
function missingSweeps(sweeps: Scenario['sweeps'] | undefined, tracks: Scenario['tracks'] | undefined): MissingPart[] {
  if (sweeps === undefined || sweeps.length === 0) return [{ part: 'sweeps', detail: `no ${parts.lidar}/*.feather` }]
  const labelled = new Set((tracks ?? []).flatMap((track) => [...(track.trajectory.stampsNs ?? [])]))
  const present = sweeps.filter((sweep) => sweep.stampNs !== undefined && labelled.has(sweep.stampNs)).length
  if (present === labelled.size) return []
  return [{ part: 'sweeps', detail: `LiDAR sweeps for ${present} of ${labelled.size} labelled moments` }]
}

function missingImages(images: Scenario['images'], cameras: Scenario['rig']['cameras']): MissingPart[] {
  if (images.size === 0) return [{ part: 'images', detail: `no ${parts.cameras}/*/*.jpg` }]
  const missing: MissingPart[] = cameras
    .filter(({ name }) => !images.has(name))
    .map(({ name }) => ({ part: 'images', detail: `no images of camera ${name}` }))
  for (const name of images.keys()) {
    if (!cameras.some((camera) => camera.name === name))
      missing.push({ part: 'calibration', detail: `camera ${name} has images and no calibration` })
  }
  return missing
}
