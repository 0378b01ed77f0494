import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the test run is asked for servers; see deploy/local/vitest.setup.ts. */
    readonly stackDesk: string
  }
}

export type StackServer = 'kafka' | 'minio' | 'postgres'

/** What the desk answers. */
export type StackAnswer =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly env: Record<string, string> }
  | { readonly state: 'none'; readonly why: string }

/**
 * The environment of the real servers that are asked for: VIRGA_CATALOG, VIRGA_STORE, VIRGA_STORE_ACCESS_KEY, VIRGA_STORE_SECRET_KEY, VIRGA_BUS. Each is
 * started when a spec file first asks for it, shared by all spec files of the run, and stopped after it; so use topics, buckets and databases of your own.
 * Await it at the top of a spec file, where no timeout of a hook applies: on a machine that has none of it, MinIO is built first (minutes).
 *
 * @returns why they cannot be had here, as text to skip with, where they cannot
 */
export async function realStack(...servers: StackServer[]): Promise<Readonly<Record<string, string>> | string> {
  const url = new URL(inject('stackDesk'))
  url.searchParams.set('servers', servers.join(','))
  for (;;) {
    const answer = (await (await fetch(url)).json()) as StackAnswer
    if (answer.state === 'ready') return answer.env
    if (answer.state === 'none') return `no real ${servers.join(', ')} here: ${answer.why}`
    await sleep(200)
  }
}
