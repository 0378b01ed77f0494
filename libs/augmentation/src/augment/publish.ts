import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import type { Publication } from '../ports/publication.ts'
import type { Size } from '../stage/rgb-frames.ts'
import type { PublishedVideo } from './types.ts'

/** Gives a stage's video its place. */
export async function publishVideo(publication: Publication, file: string, ref: BlobRef, { width, height }: Size): Promise<PublishedVideo> {
  await publication.publish(file, ref)
  return { file, sha256: ref.sha256, bytes: ref.size, width, height }
}

/** Publishes bytes by way of the store. */
export async function publishBytes(store: BlobStore, publication: Publication, file: string, bytes: Uint8Array): Promise<void> {
  await publication.publish(file, await store.put(bytes))
}
