/**
 * Turns the first Ctrl-C (or SIGTERM) into an abort signal, so that the work stops at the next frame and cleans up; a second one ends
 * the process at once, which is safe too: nothing unfinished has its final name.
 */
export function interruptible(onFirst: () => void): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130)
    onFirst()
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
