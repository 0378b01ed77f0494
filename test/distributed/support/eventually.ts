import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until there is an answer. @throws Error naming what was waited for, with the last error where there was one */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
  let last: unknown
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = undefined
    } catch (error) {
      last = error // a server that is down is what some tests are about
    }
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last })
}
