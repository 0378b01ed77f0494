import { join } from 'node:path'
import type { BlobRef } from '../ports/blob-store.ts'
import type { Size } from '../stage/rgb-frames.ts'
import type { AugmentHost, PublishedVideo } from './types.ts'

/** Gives a stage's video its place below the output folder. */
export async function publishVideo(
  host: AugmentHost,
  out: string,
  file: string,
  ref: BlobRef,
  { width, height }: Size,
): Promise<PublishedVideo> {
  await host.store.copyTo(ref, join(out, file))
  return { file, sha256: ref.sha256, width, height }
}

/** Writes bytes to a file below the output folder, by way of the store: whole or not at all. */
export async function publishBytes(host: AugmentHost, out: string, file: string, bytes: Uint8Array): Promise<void> {
  await host.store.copyTo(await host.store.put(bytes), join(out, file))
}
