/** Milliseconds between two looks at the driver while the GPU works. */
const pollMs = 1

let installed = false

/**
 * While an asynchronous WebGPU call is pending, npm webgpu polls the driver from `setImmediate`, again and again: one core spins for as
 * long as the GPU works, and on a software rasteriser that core is one of those that draw (measured: most of the main thread's time).
 * Its polls are the only native functions without a name that reach `setImmediate`; they are put on a timer, and everything else
 * goes through untouched.
 */
export function calmDawnPolling(): void {
  if (installed) return
  installed = true
  const original = globalThis.setImmediate
  const calmed = (callback: (...args: unknown[]) => void, ...args: unknown[]): unknown =>
    isDawnPoll(callback) ? setTimeout(callback, pollMs) : original(callback, ...args)
  Object.defineProperties(calmed, Object.getOwnPropertyDescriptors(original))
  globalThis.setImmediate = calmed as typeof setImmediate
}

function isDawnPoll(callback: unknown): boolean {
  return (
    typeof callback === 'function' && callback.name === '' && Function.prototype.toString.call(callback) === 'function () { [native code] }'
  )
}
