import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { blobObject, condemnedObject, factsOf, removeObject } from './objects.ts'

/**
 * S3 cannot remove an object on the condition that it is old. So a collector says first, in an object of its own, which blob it is about to
 * remove; only then does it look at the age, and it removes within `graceMs` or not at all. A writer does it the other way round: it makes the
 * blob young, and only then looks whether somebody was about to remove it. One of the two sees the other.
 */
const graceMs = 5000
/** A note older than this is of a collector that has died or given up: twice the grace and the granularity of ages. ms */
const staleMs = 2 * graceMs + 1000
const pollMs = 100

/** Removes a blob unless it is younger; true when it was removed. */
export async function removeCondemned(connection: Connection, sha256: string, olderThanMs: number): Promise<boolean> {
  const note = condemnedObject(sha256)
  // Two collectors at once: the one that finds the note of the other leaves the blob to it.
  const { status } = await connection.request({ method: 'PUT', object: note, headers: { 'If-None-Match': '*' }, expected: [200, 412] })
  if (status === 412) return false
  const since = performance.now()
  try {
    const facts = await factsOf(connection, blobObject(sha256))
    if (facts === undefined || facts.ageMs < olderThanMs) return false
    // A process that was stopped in between, or a request that was tried again for long, leaves the blob to the next collection.
    if (performance.now() - since > graceMs) return false
    await removeObject(connection, blobObject(sha256))
    return true
  } finally {
    await removeObject(connection, note)
  }
}

/**
 * To be asked by a writer after it has made a blob young. True: it stays. False: a collector was at it; that is over now, and the blob has to be
 * looked for again.
 */
export async function isSpared(connection: Connection, sha256: string): Promise<boolean> {
  const note = condemnedObject(sha256)
  if ((await factsOf(connection, note)) === undefined) return true
  for (;;) {
    const facts = await factsOf(connection, note)
    if (facts === undefined) return false
    if (facts.ageMs > staleMs) {
      await removeObject(connection, note)
      return false
    }
    await sleep(pollMs)
  }
}
