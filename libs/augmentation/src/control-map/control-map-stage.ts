import { basename, resolve } from 'node:path'
import { controlMapNeeds, fileOfFrame, isPattern } from '@virga/conditions'
import { rendererVersion } from '@virga/rendering'
import { z } from 'zod'
import { folderDigest } from '../digest/folder-digest.ts'
import { digestOf } from '../digest/digest.ts'
import type { BlobRef } from '../ports/blob-store.ts'
import { cameraKey } from '../request/camera-key.ts'
import { runStage } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { type DriveMapRequest, openDriveMap } from './drive-map.ts'
import { blobCount, type MapFacts, openStoredMap, storeMap } from './stored-map.ts'

/** Bump when libs/conditions draws other weights from the same document. */
const controlMapVersion = 1

export interface ControlMapInput extends DriveMapRequest {
  readonly scenarioDigest: string
  /** Names what `truth` gives. */
  readonly truthDigest?: string
}

/** A control map over one camera, kept in the store. */
export interface ControlMapResult {
  readonly key: string
  /** SHA-256 of the document with all that it extends, and of each file that it names. */
  readonly digest: string
  readonly files: Readonly<Record<string, string>>
  readonly blobs: readonly BlobRef[]
  readonly facts: MapFacts
  readonly notes: readonly string[]
  /** For the generator. */
  readonly map: ReturnType<typeof openStoredMap>
}

const factsSchema = z.object({
  frames: z.int(),
  width: z.int(),
  height: z.int(),
  controls: z.array(z.string()),
  weights: z.record(z.string(), z.object({ min: z.number(), mean: z.number(), max: z.number() })),
  notes: z.array(z.string()),
})

/**
 * Draws a control map and keeps it: float32 planes of every control, [N, H, W] a frame, in blobs of some frames each, compressed without loss.
 * The key holds the document, the digests of its files and, where it asks for labels, the drive, the camera and the times.
 */
export async function controlMapStage(context: StageContext, input: ControlMapInput): Promise<ControlMapResult> {
  const { map, camera, view, timesUs, fps, width, height, controls } = input
  const needs = controlMapNeeds(map.spec)
  const frames = timesUs.length
  const files: Record<string, string> = {}
  for (const file of needs.files) files[file] = await digestOfFiles(context, map.folder, file, frames)
  const outputs = Array.from({ length: blobCount(frames) }, (_, i) => `frames-${String(i).padStart(4, '0')}`)
  const digest = digestOf({ spec: map.spec, files })
  const seen = needs.labels || needs.ownVehicle
  const spec = {
    name: 'control-map',
    version: controlMapVersion,
    title: `control map ${map.spec.name ?? basename(map.file)} (${camera.name})`,
    inputs: {
      map: digest,
      ...(seen ? { scenario: input.scenarioDigest } : {}),
      ...(needs.labels && input.truthDigest !== undefined ? { truth: input.truthDigest } : {}),
    },
    config: {
      ...{ controls, frames, fps, width, height },
      ...(seen ? { camera: cameraKey(camera), view: view === undefined ? null : { ...view }, timesUs, renderer: rendererVersion } : {}),
    },
    outputs,
    total: frames,
    unit: 'frames',
  }
  const result = await runStage(context, spec, async ({ advance }) => {
    const stream = await openDriveMap(input)
    const { refs, weights } = await storeMap(context.store, stream, { frames, controls, width, height }, advance)
    const facts = { frames, width, height, controls, weights, notes: stream.notes() }
    return { outputs: Object.fromEntries(outputs.map((name, i) => [name, refs[i]])), facts }
  })
  const { notes, ...facts } = factsSchema.parse(result.facts)
  const blobs = outputs.map((name) => result.outputs[name])
  return { key: result.key, digest, files, blobs, facts, notes, map: openStoredMap(context.store, blobs, facts) }
}

/** SHA-256 of a file, or over those of all frames. */
async function digestOfFiles(context: StageContext, folder: string, file: string, frames: number): Promise<string> {
  const one = async (name: string) => (await folderDigest(context.store, context.clock, resolve(folder, name), context.signal)).sha256
  if (!isPattern(file)) return one(file)
  const digests: string[] = []
  for (let frame = 0; frame < frames; frame++) digests.push(await one(fileOfFrame(file, frame)))
  return digestOf(digests)
}
